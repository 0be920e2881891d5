import type { BalancerCheck, Member, Observation } from './pool.ts';
import { goalOf, type RolloutRecord } from './record.ts';

/** What a controller remembers between two looks at the pool. Losing it costs time, never safety. */
export interface Memory {
  readonly record: RolloutRecord;
  /** A step lasts from one change of the pool to the next; deadlines count from here. */
  readonly stepStartedMs: number;
  readonly progressMs: number;
  /** Up to when intended waiting has been taken off the lack of progress; absent while nothing is waited for on purpose. */
  readonly patientUntilMs: number | undefined;
  /** Since when the pool has had fewer members than its size. */
  readonly pendingSinceMs: number | undefined;
  /** Most members proved at once since the last change. */
  readonly bestProven: number;
  /** As they were last seen: a pool that had some does not count as unbalanced because they are gone. */
  readonly balancers: readonly BalancerCheck[];
  /** Sizes that our own calls explain; absent while nothing is known. */
  readonly sizes:
    | { readonly low: number; readonly high: number; readonly intended: number }
    | undefined;
  /** Members that may be created; read anew before every growth. */
  readonly capacity: number | 'unread';
  /** A growth by more than this was refused for want of quota or capacity. */
  readonly grantLimit: number | undefined;
  /** When each member was told to drain, or was first seen to do so. */
  readonly drained: ReadonlyMap<string, number>;
  /** Those of them that have been seen switched off: one that runs again serves again, and must be drained again. */
  readonly off: ReadonlySet<string>;
  /** How often each was told, where once was not enough. */
  readonly drainOrders: ReadonlyMap<string, number>;
  /** The pool has refused to evict a member that was still stopping. */
  readonly awaitsStop: boolean;
  /** Stopped before we came, by an earlier drain most likely: to be replaced even on the right template. */
  readonly spent: ReadonlySet<string>;
  readonly faults: Faults | undefined;
  /** A refusal that repeating cannot cure. */
  readonly refusal: string | undefined;
  /** A drain that failed under the policy `stop`. */
  readonly drainFailure: string | undefined;
}

/** Calls that failed, and none that succeeded since. */
export interface Faults {
  readonly sinceMs: number;
  readonly lastMs: number;
  readonly count: number;
  /** How the last one failed. */
  readonly last: string;
  /** Only the lease could not be renewed: a renewal that succeeds makes up for it, and for nothing else. */
  readonly isOfLease: boolean;
}

export function startMemory(
  record: RolloutRecord,
  observation: Observation,
  nowMs: number,
): Memory {
  const known = record.settledSize;
  return {
    record,
    stepStartedMs: nowMs,
    progressMs: nowMs,
    patientUntilMs: undefined,
    pendingSinceMs: undefined,
    bestProven: 0,
    balancers: observation.balancers,
    sizes: known === undefined ? undefined : { low: known, high: known, intended: known },
    capacity: 'unread',
    grantLimit: undefined,
    drained: new Map(),
    off: new Set(),
    drainOrders: new Map(),
    awaitsStop: false,
    spent: new Set(
      observation.members
        .filter(({ state }) => state === 'stopped' || state === 'stopping' || state === 'failed')
        .map(({ id }) => id),
    ),
    faults: undefined,
    refusal: undefined,
    drainFailure: undefined,
  };
}

/**
 * A balancer that vanishes in mid-rollout, deleted or about to be made again, sends to nobody: until one is there, nobody
 * counts as serving, so that nothing is removed.
 */
export function missBalancers({ balancers }: Memory, seen: Observation): Observation {
  if (balancers.length === 0 || seen.balancers.length > 0) return seen;
  const members = seen.members.map((one) => ({ ...one, verdict: 'unknown' as const }));
  return { ...seen, balancers, members };
}

/** A size that was observed as intended needs no more excuses. */
export function afterObservation(
  memory: Memory,
  record: RolloutRecord,
  { size, members, balancers }: Observation,
  proven: number,
  nowMs: number,
): Memory {
  const isPending = members.filter(({ state }) => state !== 'leaving').length < size;
  const sizes = memory.sizes;
  const isSettled = sizes === undefined || sizes.intended === size;
  const hasProgressed = proven > memory.bestProven;
  // What a call that seemed to fail was to bring about.
  const hasArrived = sizes !== undefined && isSettled && sizes.low !== sizes.high;
  return {
    ...memory,
    record,
    balancers,
    sizes: isSettled ? { low: size, high: size, intended: size } : sizes,
    drained: drainsSeen(memory, record, members, nowMs),
    off: new Set(members.filter(isOff).map(({ id }) => id)),
    pendingSinceMs: isPending ? (memory.pendingSinceMs ?? nowMs) : undefined,
    bestProven: Math.max(proven, memory.bestProven),
    progressMs: hasProgressed ? nowMs : memory.progressMs,
    faults: hasProgressed || hasArrived ? undefined : memory.faults,
  };
}

/**
 * Our own drains, counted anew from when the member is seen to go off, because an order takes its time; less those undone
 * by switching it on again. And members that are not wanted and on their way off, told so by a controller before us or by
 * another hand: they may still be in rotation, so that whoever evicts them waits as for a drain of its own.
 */
function drainsSeen(
  { drained, off, spent }: Memory,
  record: RolloutRecord,
  members: readonly Member[],
  nowMs: number,
): Memory['drained'] {
  const seen = new Map(drained);
  for (const member of members) {
    const { id, state, template } = member;
    const isUnwanted =
      record.phase === 'rolling-back' || template !== goalOf(record) || spent.has(id);
    const isBack = off.has(id) && (state === 'running' || state === 'starting');
    if (isBack) seen.delete(id);
    else if (drained.has(id) ? isOff(member) && !off.has(id) : state === 'stopping' && isUnwanted)
      seen.set(id, nowMs);
  }
  return seen;
}

function isOff({ state }: Member): boolean {
  return state === 'stopping' || state === 'stopped';
}

/** Before the call, because a call that seems to fail may have had its effect. */
export function beforeResize(memory: Memory, size: number, intended: number): Memory {
  const sizes = { low: Math.min(size, intended), high: Math.max(size, intended), intended };
  return { ...memory, sizes, capacity: 'unread' };
}

export function afterChange(memory: Memory, nowMs: number): Memory {
  return {
    ...memory,
    stepStartedMs: nowMs,
    progressMs: nowMs,
    bestProven: 0,
    capacity: 'unread',
    grantLimit: undefined,
    awaitsStop: false,
    faults: undefined,
    refusal: undefined,
  };
}

export function afterFault(
  memory: Memory,
  last: string,
  { nowMs, isOfLease }: { readonly nowMs: number; readonly isOfLease: boolean },
): Memory {
  const earlier = memory.faults ?? { sinceMs: nowMs, count: 0, isOfLease: true };
  const faults: Faults = {
    sinceMs: earlier.sinceMs,
    lastMs: nowMs,
    count: earlier.count + 1,
    last,
    isOfLease: earlier.isOfLease && isOfLease,
  };
  return { ...memory, capacity: 'unread', faults };
}
