import type { CloudEvent } from '../../src/model/events.ts';
import type { Instance } from '../../src/model/instance.ts';
import type { Latencies } from '../../src/model/latency.ts';
import type { Operation } from '../../src/model/operations.ts';
import type { Pool, PoolDetails } from '../../src/model/pool.ts';
import type { Template } from '../../src/model/template.ts';
import type { Behaviour } from '../../src/virtual/behaviour.ts';
import {
  createSimulatedCloud,
  type SimulatedCloud,
  type SimulatedCloudOptions,
} from '../../src/virtual/simulated-cloud.ts';

export const zone = 'ch-gva-2';

/** Whole seconds, so that a test can say when something happens. */
const steady: Latencies = {
  operationMs: 1_000,
  bootMs: 2_000,
  destroyMs: 1_000,
  templateMs: 1_000,
  selfHealMs: 3_000,
  deregisterMs: 2_000,
  acpiTimeoutMs: 10_000,
};

export interface PoolCloud extends SimulatedCloud {
  readonly events: CloudEvent[];
  readonly template: Template;
  pool(): Pool;
  members(): readonly Instance[];
  addTemplate(name: string, behaviour?: Partial<Behaviour>): Template;
  /** Lets an operation end and returns it as it ended. */
  end(operation: Operation): Promise<Operation>;
  /** Lives on until the pool is at rest. */
  rest(): Promise<void>;
  /** Puts a load balancer before the pool; returns the id of its service. */
  balance(check?: { retries?: number; intervalSeconds?: number }): Promise<string>;
}

export interface PoolCloudOptions extends SimulatedCloudOptions {
  readonly size?: number;
  readonly guest?: Partial<Behaviour>;
}

const guest: Behaviour = { bootMs: 4_000, condition: { kind: 'healthy' }, lameDuckMs: 0 };

export function poolDetails(cloud: SimulatedCloud['cloud'], templateId: string): PoolDetails {
  return {
    name: 'web',
    description: '',
    templateId,
    instanceTypeId: cloud.catalog.instanceTypes[1]?.id ?? '',
    diskSizeGib: 10,
    securityGroupIds: cloud.securityGroups.list().map(({ id }) => id),
    antiAffinityGroupIds: [],
    elasticIpIds: [],
    privateNetworkIds: [],
    sshKeyNames: [],
    publicIpAssignment: 'inet4',
    userData: '',
    labels: { app: 'hello' },
    instancePrefix: 'web',
    isIpv6Enabled: false,
  };
}

/** A cloud with one pool at rest. */
export async function createPoolCloud(options: PoolCloudOptions = {}): Promise<PoolCloud> {
  const { size = 3, guest: behaviour, latencies, ...rest } = options;
  const simulated = createSimulatedCloud({ ...rest, latencies: { ...steady, ...latencies } });
  const { cloud, time } = simulated;
  const events: CloudEvent[] = [];
  cloud.subscribe((event) => events.push(event));
  const addTemplate = (name: string, own: Partial<Behaviour> = {}) =>
    cloud.templates.add({ name, image: { ...guest, ...behaviour, ...own } });
  const template = addTemplate('first');
  const creation = cloud.pools.create(zone, poolDetails(cloud, template.id), size);
  const pool = () => cloud.pools.get(zone, creation.referenceId);

  async function end(operation: Operation): Promise<Operation> {
    const ended = () => cloud.operations.get(operation.id);
    await time.runUntil(() => ended().state !== 'pending', 3_600_000);
    return ended();
  }

  async function rest_(): Promise<void> {
    await time.runUntil(() => pool().state === 'running', 3_600_000);
  }

  async function balance(check: { retries?: number; intervalSeconds?: number } = {}) {
    const details = { name: 'lb', description: '', labels: {} };
    const { referenceId } = await end(cloud.loadBalancers.create(zone, details));
    const service = {
      name: 'http',
      description: '',
      poolId: creation.referenceId,
      port: 80,
      targetPort: 8080,
      protocol: 'tcp' as const,
      strategy: 'round-robin' as const,
      healthCheck: {
        mode: 'http' as const,
        port: 8080,
        uri: '/',
        intervalSeconds: check.intervalSeconds ?? 10,
        timeoutSeconds: 2,
        retries: check.retries ?? 2,
      },
    };
    await end(cloud.loadBalancers.addService(zone, referenceId, service));
    return cloud.loadBalancers.get(zone, referenceId).services[0]?.id ?? '';
  }

  await end(creation);
  await rest_();
  return {
    ...simulated,
    events,
    template,
    pool,
    members: () => cloud.pools.members(creation.referenceId),
    addTemplate,
    end,
    rest: rest_,
    balance,
  };
}
