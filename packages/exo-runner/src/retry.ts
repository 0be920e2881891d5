import type { Clock } from './clock.ts';

/** Time for a piece of cleanup, independent of the signal that cancelled the work itself. */
export interface Budget {
  readonly clock: Clock;
  readonly endsAtMs: number;
  readonly signal: AbortSignal;
}

export function createBudget(
  { clock, revokeBudgetMs }: { readonly clock: Clock; readonly revokeBudgetMs: number },
  signal: AbortSignal | undefined,
): Budget {
  const limit = AbortSignal.timeout(revokeBudgetMs);
  return {
    clock,
    endsAtMs: clock.monotonicMs() + revokeBudgetMs,
    signal: signal === undefined ? limit : AbortSignal.any([limit, signal]),
  };
}

interface Attempt<Value> {
  readonly act: (signal: AbortSignal) => Promise<Value>;
  readonly isDone: (value: Value) => boolean;
  /** What to say when the last answer was not it. */
  readonly otherwise: string;
}

export type Outcome = { readonly isDone: true } | { readonly isDone: false; readonly why: string };

const firstPauseMs = 100;
const longestPauseMs = 1_000;

/** Repeats until the answer is the one wanted, an error is final, or the budget is spent. Never rejects. */
export async function tryUntil<Value>(budget: Budget, attempt: Attempt<Value>): Promise<Outcome> {
  const { clock, endsAtMs, signal } = budget;
  let why = 'There was no time left to try';
  for (let round = 0; !signal.aborted; round += 1) {
    try {
      if (attempt.isDone(await attempt.act(signal))) return { isDone: true };
      why = attempt.otherwise;
    } catch (error) {
      why = describe(error, signal);
      if (!isRetryable(error)) break;
    }
    const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** round);
    if (clock.monotonicMs() + pauseMs >= endsAtMs) break;
    await clock.sleep(pauseMs, { signal }).catch(() => {});
  }
  return { isDone: false, why };
}

function describe(error: unknown, signal: AbortSignal): string {
  if (signal.aborted && error === signal.reason) return 'There was no answer in time';
  return error instanceof Error ? error.message : String(error);
}

function isRetryable(error: unknown): boolean {
  return error instanceof Error && 'retryable' in error && error.retryable === true;
}
