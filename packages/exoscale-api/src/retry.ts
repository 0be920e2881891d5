import { type ExoscaleError, isExoscaleError } from './exoscale-error.ts';
import type { Clock } from './system-clock.ts';

export interface RetryOptions {
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly mayRepeat: (error: ExoscaleError) => boolean;
  /** @default 5 */
  readonly attempts?: number | undefined;
  /** No new attempt starts later than this after the first. @default 60_000 */
  readonly budgetMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const longestPauseMs = 30_000;

/** Calls `attempt` until it succeeds, its error may not be repeated, or attempts or budget are used up. */
export async function retry<T>(attempt: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { clock, signal, attempts = 5, budgetMs = 60_000 } = options;
  const startedMs = clock.monotonicMs();
  for (let made = 1; ; made++) {
    signal?.throwIfAborted();
    try {
      return await attempt();
    } catch (error) {
      signal?.throwIfAborted();
      if (!isExoscaleError(error) || !options.mayRepeat(error) || made >= attempts) throw error;
      const waitMs = pauseMs(made, error.retryAfterMs, options.random);
      if (clock.monotonicMs() - startedMs + waitMs > budgetMs) throw error;
      await clock.sleep(waitMs, { signal });
    }
  }
}

/** Before attempt `made + 1`: what the server asked for, capped, else half a second doubled each time, jittered. */
export function pauseMs(
  made: number,
  retryAfterMs: number | undefined,
  random: () => number,
): number {
  if (retryAfterMs !== undefined) return Math.min(retryAfterMs, longestPauseMs);
  return Math.min(500 * 2 ** (made - 1), 8_000) * (0.5 + random() / 2);
}

/** May pass by itself: no answer, too many calls, or the server's own trouble. */
export function isTransient(error: ExoscaleError): boolean {
  switch (error.code) {
    case 'unreachable':
      return error.retryable || error.sent;
    case 'timed-out':
    case 'rate-limited':
      return true;
    case 'server':
      return error.status !== 501;
    default:
      return false;
  }
}
