import type { CloudEvent, CloudListener } from '../model/events.ts';
import { type BalancerMember, openTcpBalancer, type TcpBalancer } from './tcp-balancer.ts';

/** A real proxy for every load-balancer service of the model. */
export interface BalancerFleet extends AsyncDisposable {
  /** `undefined` until it listens, and for a service that could not be given its port. */
  get(serviceId: string): TcpBalancer | undefined;
  /** Stops following the model and closes all proxies; idempotent. */
  close(): Promise<void>;
}

type ServiceEvent = Extract<CloudEvent, { readonly protocol: 'tcp' | 'udp' }>;
type RotationEvent = Extract<CloudEvent, { readonly addresses: readonly string[] }>;

interface Entry {
  service: ServiceEvent;
  rotation: Pick<RotationEvent, 'addresses' | 'instanceIds'>;
  balancer?: TcpBalancer;
}

/** Follows the model's events: the rotation is the model's decision, the connections are real. */
export function createBalancerFleet(
  subscribe: (listener: CloudListener) => () => void,
  onProblem: (problem: unknown) => void,
): BalancerFleet {
  const entries = new Map<string, Entry>();
  // One after the other: a service that moves to another port must have left the old one first.
  let work = Promise.resolve();

  function enqueue(task: () => Promise<void>): void {
    work = work.then(task).catch(onProblem);
  }

  async function open(entry: Entry): Promise<void> {
    const { address, port } = entry.service;
    const balancer = await openTcpBalancer(address, port);
    entry.balancer = balancer;
    balancer.setRotation(membersOf(entry));
  }

  function replace(serviceId: string, next: Entry | undefined): void {
    const previous = entries.get(serviceId);
    if (next === undefined) entries.delete(serviceId);
    else entries.set(serviceId, next);
    enqueue(async () => {
      await previous?.balancer?.close();
      if (next !== undefined) await open(next);
    });
  }

  function followService(event: ServiceEvent): void {
    const entry = entries.get(event.serviceId);
    if (event.type === 'service-deleted') {
      replace(event.serviceId, undefined);
    } else if (entry?.service.port === event.port) {
      entry.service = event;
      entry.balancer?.setRotation(membersOf(entry));
    } else {
      const rotation = entry?.rotation ?? { addresses: [], instanceIds: [] };
      replace(event.serviceId, { service: event, rotation });
    }
  }

  function followRotation({ serviceId, addresses, instanceIds }: RotationEvent): void {
    const entry = entries.get(serviceId);
    if (entry === undefined) return;
    entry.rotation = { addresses, instanceIds };
    entry.balancer?.setRotation(membersOf(entry));
  }

  const unsubscribe = subscribe((event) => {
    if (event.type === 'rotation-changed') followRotation(event);
    else if ('protocol' in event && event.protocol === 'tcp') followService(event);
  });

  async function close(): Promise<void> {
    unsubscribe();
    for (const serviceId of entries.keys()) replace(serviceId, undefined);
    await work;
  }

  return {
    get: (serviceId) => entries.get(serviceId)?.balancer,
    close,
    [Symbol.asyncDispose]: close,
  };
}

function membersOf({ service, rotation }: Entry): readonly BalancerMember[] {
  return rotation.addresses.map((address, index) => ({
    id: rotation.instanceIds[index] ?? address,
    address,
    port: service.targetPort,
  }));
}
