import { checkOptions, checkText } from './check-options.ts';
import { ExoscaleError } from './exoscale-error.ts';
import type { Instances } from './instances.ts';
import type { LoadBalancers } from './load-balancers.ts';
import type { Pools } from './pools.ts';
import type { Quotas } from './quotas.ts';
import { checkDrain, type Drain, drainMember } from './rollout-pool/drain.ts';
import { evictMembers } from './rollout-pool/evict.ts';
import { withFaults } from './rollout-pool/faults.ts';
import { observation } from './rollout-pool/observation.ts';
import type { RolloutPool } from './rollout-pool/pool.ts';
import { createScribe } from './rollout-pool/scribe.ts';
import { type Clock, systemClock } from './system-clock.ts';

export type { Drain } from './rollout-pool/drain.ts';
export type { Fault } from './rollout-pool/faults.ts';
export type {
  Annotations,
  BalancerCheck,
  Member,
  MemberState,
  Observation,
  PoolCallOptions,
  RolloutPool,
  Verdict,
} from './rollout-pool/pool.ts';

export interface RolloutPoolOptions {
  readonly poolId: string;
  /** @default { kind: 'stop' } */
  readonly drain?: Drain | undefined;
  /** `ignore` for a key that may not list load balancers: no verdicts then. @default 'read' */
  readonly loadBalancers?: 'read' | 'ignore' | undefined;
  /** Until a mutation's operation must have ended. @default 600_000 */
  readonly deadlineMs?: number | undefined;
  /** For `{ kind: 'http' }` drains. @default globalThis.fetch */
  readonly fetch?: typeof globalThis.fetch | undefined;
  readonly clock?: Clock | undefined;
}

/** The part of `Exoscale` that a rollout needs. */
export interface RolloutPoolClient {
  readonly instances: Pick<Instances, 'start' | 'stop'>;
  readonly pools: Pick<Pools, 'get' | 'members' | 'update' | 'scale' | 'evict'>;
  readonly loadBalancers: Pick<LoadBalancers, 'list'>;
  readonly quotas: Pick<Quotas, 'get'>;
}

const known = ['poolId', 'drain', 'loadBalancers', 'deadlineMs', 'fetch', 'clock'];

/**
 * An instance pool as `@exoship/rollout` wants it. Its errors carry, as `reason`, what a rollout can make of them:
 * `quota`, `capacity`, `busy`, `forbidden`, `gone` or `invalid`.
 */
export function createRolloutPool(
  exoscale: RolloutPoolClient,
  options: RolloutPoolOptions,
): RolloutPool {
  checkOptions('createRolloutPool()', options, known);
  const { poolId, drain = { kind: 'stop' }, deadlineMs = 600_000 } = options;
  const { fetch = globalThis.fetch, clock = systemClock } = options;
  checkText('poolId', poolId);
  checkDrain(drain);
  const { pools, instances, quotas } = exoscale;
  const scribe = createScribe(pools, poolId);

  return {
    observe: ({ signal } = {}) =>
      withFaults(async () => {
        const observedAt = clock.now();
        const [pool, members, loadBalancers] = await Promise.all([
          pools.get(poolId, { signal }),
          pools.members(poolId, { signal }),
          options.loadBalancers === 'ignore' ? [] : exoscale.loadBalancers.list({ signal }),
        ]);
        return observation({ observedAt, pool, instances: members, loadBalancers });
      }),
    begin: (templateId, annotations, { signal } = {}) =>
      withFaults(() => scribe.write(annotations, { signal, deadlineMs }, templateId)),
    settle: (annotations, { signal } = {}) =>
      withFaults(() => scribe.write(annotations, { signal, deadlineMs })),
    grow: (size, { signal } = {}) =>
      withFaults(async () => {
        const { size: current } = await pools.get(poolId, { signal });
        if (current === size) return;
        if (current > size) throw shrinking(current, size);
        await pools.scale(poolId, size, { signal, deadlineMs });
      }),
    evict: (ids, { signal } = {}) =>
      withFaults(() => evictMembers(exoscale, poolId, ids, { signal, deadlineMs })),
    capacity: ({ signal } = {}) =>
      withFaults(async () => {
        const { usage, limit } = await quotas.get('instance', { signal });
        return Math.max(0, limit - usage);
      }),
    ...(drain.kind !== 'none' && {
      drain: (member, callOptions) =>
        withFaults(() => drainMember(drain, member, { instances, fetch }, callOptions)),
    }),
  };
}

/** Somebody else has grown the pool meanwhile: an absolute size would now delete members of the pool's choice. */
function shrinking(current: number, size: number): ExoscaleError {
  return new ExoscaleError(`Cannot grow the pool to ${size}: it has ${current} already`, {
    code: 'conflict',
    call: 'PUT /instance-pool/{id}:scale',
    sent: false,
  });
}
