import type { Call } from './call.ts';
import type { Clock } from './clock.ts';
import type { Envelope } from './envelope.ts';
import { judge } from './judge.ts';
import type { Scrubber } from './scrubber.ts';
import type { VaultClient } from './vault-client.ts';

/** What all calls of one login and its session share. */
export interface CallContext {
  readonly clock: Clock;
  readonly scrubber: Scrubber;
  readonly requestTimeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly deadlineMs: number;
}

export interface Answer extends Envelope {
  /** Earlier tries of this call that may have taken effect without an answer. */
  readonly ambiguousTries: number;
}

interface PerformOptions {
  /** Moment on the monotonic clock after which nothing is tried any more. */
  readonly deadlineAtMs: number;
  readonly signal: AbortSignal | undefined;
}

const firstPauseMs = 250;
const longestPauseMs = 5_000;
/** A server may not hold a job for longer than this by asking for patience. */
const longestRetryAfterMs = 10_000;

/** One call, repeated as the retry table allows until it is answered, turned down or out of time. */
export async function performCall(
  client: VaultClient,
  call: Call,
  context: CallContext,
  { deadlineAtMs, signal }: PerformOptions,
): Promise<Answer> {
  const { clock, scrubber } = context;
  let ambiguousTries = 0;
  for (let attempt = 1; ; attempt += 1) {
    const leftMs = Math.max(1, deadlineAtMs - clock.monotonicMs());
    const outcome = await client({
      method: call.method,
      path: call.path,
      body: call.body,
      wrapTtlSeconds: call.wrapTtlSeconds,
      timeoutMs: Math.min(context.requestTimeoutMs, leftMs),
      connectTimeoutMs: Math.min(context.connectTimeoutMs, leftMs),
      signal,
    });
    const verdict = judge(call, outcome, scrubber.scrub);
    if (verdict.kind === 'answered') return { ...verdict.envelope, ambiguousTries };
    if (verdict.kind === 'failed') throw verdict.error;
    if (verdict.isAmbiguous) ambiguousTries += 1;
    const pauseMs = choosePause(attempt, verdict.afterMs);
    if (clock.monotonicMs() + pauseMs >= deadlineAtMs) throw verdict.error;
    await clock.sleep(pauseMs, { signal });
  }
}

/** Doubling pauses with jitter, so that jobs which failed together do not come back together. */
export function choosePause(attempt: number, afterMs: number | undefined): number {
  if (afterMs !== undefined) return Math.min(afterMs, longestRetryAfterMs) + jitter(firstPauseMs);
  return jitter(Math.min(longestPauseMs, firstPauseMs * 2 ** (attempt - 1)));
}

/** Between one and one and a half times `ms`. */
function jitter(ms: number): number {
  return ms * (1 + Math.random() / 2);
}
