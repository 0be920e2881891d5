import type { Moment } from './clock.ts';
import type { Health } from './health.ts';
import type { Memory } from './memory.ts';
import type { Observation } from './pool.ts';
import type { DecodedLedger, LastRollout, RolloutRecord } from './record.ts';
import type { Spec } from './spec.ts';

/** The part of the options that decisions depend on. */
export type Rules = Pick<
  Spec,
  | 'strategy'
  | 'maxSurge'
  | 'maxUnavailable'
  | 'gate'
  | 'progressDeadlineMs'
  | 'bakeTimeMs'
  | 'drain'
  | 'autoRollback'
  | 'onExternalResize'
  | 'leaseMs'
>;

/** Everything that a decision rests on. */
export interface Situation {
  readonly rules: Rules;
  /** Whether the pool can drain a member. */
  readonly canDrain: boolean;
  /** Whether the pool knows how many more members it may have. */
  readonly canMeasure: boolean;
  /** Our name in the lease. */
  readonly me: string;
  readonly ledger: DecodedLedger;
  readonly observation: Observation;
  readonly health: Health;
  readonly memory: Memory;
  readonly now: Moment;
}

export type Action =
  | {
      readonly type: 'wait';
      readonly untilMs?: number | undefined;
      /** Intended, so that it does not count as a lack of progress. */
      readonly isPatient?: boolean;
      /** For want of quota: worth asking again for what was refused before. */
      readonly isShortage?: boolean;
    }
  /** Ask how many members may still be created. */
  | { readonly type: 'measure' }
  | { readonly type: 'grow'; readonly size: number }
  | { readonly type: 'drain'; readonly ids: readonly string[] }
  | { readonly type: 'evict'; readonly ids: readonly string[] }
  | { readonly type: 'revert'; readonly record: RolloutRecord }
  | { readonly type: 'adopt'; readonly record: RolloutRecord }
  | { readonly type: 'renew'; readonly record: RolloutRecord }
  | { readonly type: 'hold'; readonly record: RolloutRecord }
  | { readonly type: 'finish'; readonly last: Omit<LastRollout, 'endedAt'> }
  | { readonly type: 'stop'; readonly outcome: Outcome };

/**
 * `completed`: all members run `to` · `unchanged`: nothing was to be done, nothing was · `rolled-back`: all members run
 * `from` again · `paused` and `awaiting-approval`: waits for a person, safe to leave · `refused`: not started ·
 * `locked`: another controller holds, or took, the lease · `interrupted`: the signal fired; run again to resume ·
 * `stuck`: a person must look.
 */
export type Outcome =
  | 'completed'
  | 'unchanged'
  | 'rolled-back'
  | 'paused'
  | 'awaiting-approval'
  | 'refused'
  | 'locked'
  | 'interrupted'
  | 'stuck';

export interface Decision {
  readonly action: Action;
  /** Why, with the arithmetic. */
  readonly reason: string;
  /** When waiting for this becomes a failure; on the monotonic clock. */
  readonly deadlineMs?: number | undefined;
}
