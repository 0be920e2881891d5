import type { CallOptions, Pool } from '@exoship/rollout';
import { observeModel } from './observe-model.ts';
import { asFault, failedOperation, PoolRefusal } from './pool-refusal.ts';
import type { VirtualClock } from './virtual-clock.ts';
import type { Wire } from './wire.ts';
import type { World } from './world.ts';

type Operation = ReturnType<World['cloud']['operations']['get']>;

const firstPollMs = 250;
const longestPollMs = 3_000;
const prefix = 'exoship-';

/**
 * The pool as the Exoscale adapter shows it, straight over the model: the same requests in the same order and the same
 * patience with operations, without a byte of HTTP. What the adapter itself does is proved by running on HTTP as well.
 */
export function createModelPool(
  world: World,
  wire: Wire,
  clock: VirtualClock = world.time.clock,
): Required<Pool> {
  const { cloud, zone, poolId } = world;

  async function get(signal: AbortSignal | undefined) {
    return wire(
      { operation: 'get-instance-pool', kind: 'read' },
      () => cloud.pools.get(zone, poolId),
      signal,
    );
  }

  /** Sends a change and follows its operation. */
  async function change(
    operation: string,
    start: () => Operation,
    { signal }: CallOptions,
    until: 'done' | 'accepted' = 'done',
  ): Promise<void> {
    let current = await wire({ operation, kind: 'mutation' }, asFault(start), signal);
    if (until === 'accepted' && current.state === 'pending') return;
    for (let pauseMs = firstPollMs; current.state === 'pending'; pauseMs *= 1.5) {
      await clock.sleep(Math.min(pauseMs, longestPollMs), { signal });
      const { id } = current;
      current = await wire(
        { operation: 'get-operation', kind: 'read' },
        () => cloud.operations.get(id),
        signal,
      );
    }
    if (current.state !== 'success') throw failedOperation(current);
  }

  async function update(
    templateId: string | undefined,
    annotations: Readonly<Record<string, string>>,
    options: CallOptions,
  ): Promise<void> {
    const before = await get(options.signal);
    const foreign = Object.entries(before.labels).filter(([key]) => !key.startsWith(prefix));
    const { antiAffinityGroupIds, securityGroupIds, elasticIpIds, privateNetworkIds } = before;
    const { sshKeyNames, deployTargetId } = before;
    const changes = {
      antiAffinityGroupIds,
      securityGroupIds,
      elasticIpIds,
      privateNetworkIds,
      sshKeyNames,
      deployTargetId,
      templateId,
      labels: { ...Object.fromEntries(foreign), ...annotations },
    };
    await change('update-instance-pool', () => cloud.pools.update(zone, poolId, changes), options);
    const after = await get(options.signal);
    const left = Object.keys(after.labels).find((key) => !(key in changes.labels));
    if (left !== undefined) throw new PoolRefusal(`Label "${left}" has stayed`, 'invalid');
  }

  return {
    observe: async ({ signal } = {}) => {
      // The client sends the three at once.
      const [, , seen] = await Promise.all([
        get(signal),
        wire({ operation: 'list-load-balancers', kind: 'read' }, () => undefined, signal),
        wire({ operation: 'list-instances', kind: 'read' }, () => observeModel(world), signal),
      ]);
      return seen;
    },
    begin: async (template, annotations, options = {}) => update(template, annotations, options),
    settle: async (annotations, options = {}) => update(undefined, annotations, options),
    grow: async (size, options = {}) => {
      const before = await get(options.signal);
      if (before.size === size) return;
      if (before.size > size) throw new PoolRefusal(`The pool has ${before.size} already`, 'busy');
      await change('scale-instance-pool', () => cloud.pools.scale(zone, poolId, size), options);
    },
    evict: async (ids, options = {}) =>
      change('evict-instance-pool-members', () => cloud.pools.evict(zone, poolId, ids), options),
    capacity: async ({ signal } = {}) =>
      wire(
        { operation: 'get-quota', kind: 'read' },
        () => cloud.quotas.available('instance'),
        signal,
      ),
    drain: async ({ id }, options = {}) =>
      change('stop-instance', () => cloud.instances.stop(zone, id), options, 'accepted'),
  };
}
