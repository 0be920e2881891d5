import type { Target } from './mandate.ts';
import type { RolloutRecord } from './record.ts';
import type { Session } from './session.ts';
import type { Outcome } from './situation.ts';

export interface Ending {
  readonly outcome: Outcome;
  readonly reason: string;
}

export interface RolloutResult extends Ending {
  readonly rolloutId: string;
  /** Template to go back to; absent when no rollout is known. */
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** Members wanted, without surge. */
  readonly size: number | undefined;
  /** Ids that this controller evicted. */
  readonly replaced: readonly string[];
  /** Fewest members seen in service at once; absent when the pool was never watched. */
  readonly minServing: number | undefined;
  /** Most members seen at once, leaving ones included. */
  readonly peak: number | undefined;
  readonly wallMs: number;
  readonly reads: number;
  readonly mutations: number;
}

export function resultOf(
  session: Session,
  { outcome, reason }: Ending,
  record: RolloutRecord | undefined,
  target: Target | undefined,
): RolloutResult {
  const known = session.record ?? record;
  const wallMs = session.spec.clock.monotonicMs() - session.startedMs;
  session.emit({ type: 'rollout-end', outcome, reason, wallMs });
  return {
    outcome,
    reason,
    rolloutId: session.rolloutId,
    from: known?.from,
    to: known?.to ?? target?.template,
    size: known?.size,
    replaced: [...session.replaced],
    minServing: session.minServing,
    peak: session.peak,
    wallMs,
    reads: session.counts.reads,
    mutations: session.counts.mutations,
  };
}
