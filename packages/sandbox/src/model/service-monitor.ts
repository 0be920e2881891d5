import type { Context } from './context.ts';
import { countProbe, type Health, unprobed } from './health.ts';
import type { Instance } from './instance.ts';
import type { InstanceStore } from './instance-store.ts';
import type { HealthStatus, Service } from './load-balancer.ts';

/** Probes the members of one service, round after round, and keeps its rotation. */
export interface ServiceMonitor {
  /** Looks at the pool again: members came, went, or changed their state. */
  follow(): void;
  update(service: Service): void;
  statuses(): readonly HealthStatus[];
  rotation(): readonly string[];
  serving(): readonly string[];
  close(): void;
}

interface Watched {
  health: Health;
  cancel: () => void;
}

export function createServiceMonitor(
  context: Context,
  instances: InstanceStore,
  loadBalancerId: string,
  initial: Service,
): ServiceMonitor {
  let service = initial;
  const watched = new Map<string, Watched>();
  const published = { rotation: '', serving: '' };

  function members(): readonly Instance[] {
    return instances.list({ poolId: service.poolId });
  }

  function follow(): void {
    const present = new Map(members().map((member) => [member.id, member]));
    for (const [id, { cancel }] of watched) {
      const member = present.get(id);
      if (member !== undefined && !member.isDeregistered) continue;
      cancel();
      watched.delete(id);
    }
    for (const [id, member] of present) {
      if (!watched.has(id) && member.state === 'running') watch(id);
    }
    publish();
  }

  /** The first probe comes somewhere within the first interval: checks of different members are not in step. */
  function watch(id: string): void {
    const one: Watched = { health: unprobed, cancel: () => {} };
    watched.set(id, one);
    const phase = context.draw(id, `first probe by ${service.id}`);
    one.cancel = context.after(Math.max(1, phase * intervalMs()), () => probe(id, one));
  }

  function probe(id: string, one: Watched): void {
    const instance = instances.find(id);
    if (instance === undefined) return;
    const { mode, port, uri, timeoutSeconds } = service.healthCheck;
    const startedAt = context.now().getTime();
    const timeoutMs = timeoutSeconds * 1000;
    const request = { instanceId: id, address: instance.address, mode, port, uri, timeoutMs };
    context.prober.probe(request, (success) => {
      if (watched.get(id) !== one) return;
      const before = one.health;
      one.health = countProbe(before, success, service.healthCheck.retries);
      if (!isSameStanding(before, one.health)) publish();
      const elapsedMs = context.now().getTime() - startedAt;
      one.cancel = context.after(Math.max(1, intervalMs() - elapsedMs), () => probe(id, one));
    });
  }

  function intervalMs(): number {
    return service.healthCheck.intervalSeconds * 1000;
  }

  function inRotation(): readonly Instance[] {
    return members().filter(({ id }) => watched.get(id)?.health.isInRotation);
  }

  function serving(): readonly Instance[] {
    return inRotation().filter(({ id, isOn }) => isOn && watched.get(id)?.health.lastProbe);
  }

  function publish(): void {
    announce('rotation', inRotation());
    announce('serving', serving());
  }

  function announce(set: 'rotation' | 'serving', of: readonly Instance[]): void {
    const instanceIds = of.map(({ id }) => id);
    const key = instanceIds.join();
    if (published[set] === key) return;
    published[set] = key;
    const addresses = of.map(({ address }) => address);
    const { id: serviceId, poolId } = service;
    const type = `${set}-changed` as const;
    context.emit({ type, loadBalancerId, serviceId, poolId, addresses, instanceIds });
  }

  return {
    follow,
    update(changed) {
      service = changed;
      publish();
    },
    statuses: () =>
      members().flatMap(({ id, address }) => {
        const health = watched.get(id)?.health;
        if (health?.lastProbe === undefined) return [];
        const status = health.isInRotation ? 'success' : 'failure';
        return [{ instanceId: id, address, status }];
      }),
    rotation: () => inRotation().map(({ id }) => id),
    serving: () => serving().map(({ id }) => id),
    close() {
      for (const { cancel } of watched.values()) cancel();
      watched.clear();
      publish();
    },
  };
}

/** Most probes only confirm the one before: nothing is to be told then. */
function isSameStanding(before: Health, after: Health): boolean {
  return before.isInRotation === after.isInRotation && before.lastProbe === after.lastProbe;
}
