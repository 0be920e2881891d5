import type { CallOptions, Pool } from '@exoship/rollout';
import { hasMerged, type Labels, withAnnotations } from './model-labels.ts';
import { observeModel } from './observe-model.ts';
import { asFault, failedOperation, PoolRefusal } from './pool-refusal.ts';
import type { VirtualClock } from './virtual-clock.ts';
import type { Wire } from './wire.ts';
import type { World } from './world.ts';

type Operation = ReturnType<World['cloud']['operations']['get']>;

const firstPollMs = 250;
const longestPollMs = 3_000;

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
  let isMerging: true | undefined;

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

  /** As the adapter does: one PUT, and where labels turn out to merge another that marks what should have gone. */
  async function update(
    templateId: string | undefined,
    annotations: Labels,
    options: CallOptions,
  ): Promise<void> {
    const before = await put(templateId, annotations, options);
    const after = await get(options.signal);
    if (!hasMerged(before.labels, annotations, after.labels)) return;
    isMerging = true;
    await put(templateId, annotations, options);
  }

  async function put(
    templateId: string | undefined,
    annotations: Labels,
    options: CallOptions,
  ): Promise<ReturnType<World['cloud']['pools']['get']>> {
    const before = await get(options.signal);
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
      labels: withAnnotations(before.labels, annotations, isMerging),
    };
    await change('update-instance-pool', () => cloud.pools.update(zone, poolId, changes), options);
    return before;
  }

  /** As the adapter does: what a pool at rest will not evict while it is off is switched on first. */
  async function evict(ids: readonly string[], options: CallOptions): Promise<void> {
    const send = async (): Promise<void> =>
      change('evict-instance-pool-members', () => cloud.pools.evict(zone, poolId, ids), options);
    const first = await refusalOf(send);
    if (first === undefined) return;
    if ((await get(options.signal)).state !== 'running') throw first;
    const second = await refusalOf(send);
    if (second === undefined) return;
    const members = await wire(
      { operation: 'list-instances', kind: 'read' },
      () => cloud.pools.members(poolId).filter(({ id }) => ids.includes(id)),
      options.signal,
    );
    const stopped = members.filter(({ state }) => state === 'stopped');
    const isReady = members.every(({ state }) => state === 'stopped' || state === 'running');
    if (!isReady || stopped.length === 0) throw second;
    const start = async ({ id }: { readonly id: string }): Promise<void> =>
      change('start-instance', () => cloud.instances.start(zone, id), options);
    await Promise.all(stopped.map(start));
    await send();
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
    evict: async (ids, options = {}) => evict(ids, options),
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

/** The conflict that a change is refused with, if it is. */
async function refusalOf(send: () => Promise<void>): Promise<PoolRefusal | undefined> {
  try {
    await send();
    return undefined;
  } catch (error) {
    if (error instanceof PoolRefusal && error.reason === 'busy') return error;
    throw error;
  }
}
