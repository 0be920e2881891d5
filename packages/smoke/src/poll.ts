import type { Clock } from './clock.ts';
import { settleOrAbort } from './settle-or-abort.ts';

export interface PollOptions {
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly intervalMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Looks until there is something to see, at least once; `undefined` when the time is over. A look that hangs ends with
 * the time as well. What a look throws ends the polling.
 */
export async function poll<T>(
  look: (signal: AbortSignal) => Promise<T | undefined>,
  { clock, timeoutMs, intervalMs, signal }: PollOptions,
): Promise<T | undefined> {
  const deadlineMs = clock.monotonicMs() + timeoutMs;
  for (let remainingMs = timeoutMs; ; ) {
    signal?.throwIfAborted();
    const seen = await lookWithin(remainingMs, look, signal);
    if (seen !== undefined) return seen;
    remainingMs = deadlineMs - clock.monotonicMs();
    if (remainingMs <= 0) return undefined;
    await clock.sleep(Math.min(intervalMs, remainingMs), { signal });
    remainingMs = Math.max(1, deadlineMs - clock.monotonicMs());
  }
}

async function lookWithin<T>(
  timeoutMs: number,
  look: (signal: AbortSignal) => Promise<T | undefined>,
  signal: AbortSignal | undefined,
): Promise<T | undefined> {
  // A clock may count fractions of a millisecond; `AbortSignal.timeout` refuses them.
  const timeout = AbortSignal.timeout(Math.ceil(timeoutMs));
  const eitherSignal = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
  try {
    return await settleOrAbort(look(eitherSignal), eitherSignal);
  } catch (error) {
    signal?.throwIfAborted();
    if (timeout.aborted) return undefined;
    throw error;
  }
}
