import type { Clock } from './clock.ts';
import { createCountdown } from './countdown.ts';
import type { CallOptions } from './lease-source.ts';
import { systemClock } from './system-clock.ts';

/** Something that ends unless it is renewed: an API key, or the Vault session that its lease hangs on. */
export interface Renewable {
  readonly expiresAt: Date;
  renew(options?: CallOptions): Promise<void>;
}

/** Renewing that goes on until it is stopped; disposing stops it. */
export interface Freshness extends AsyncDisposable {
  /** Idempotent. What was renewed stays as it is. */
  stop(): Promise<void>;
}

export interface KeepFreshOptions {
  /**
   * Told when something will end in spite of all: renewing does not extend it any more, or is refused. `retryable`
   * failures are repeated and not told before time runs out.
   */
  readonly onEnding?: ((renewable: Renewable, reason: string) => void) | undefined;
  readonly clock?: Clock | undefined;
  /** From 0 up to 1; many jobs that began together do not renew together. @default Math.random */
  readonly random?: (() => number) | undefined;
}

/** Renewed when a third of the time is left, so that failures leave time for more tries. */
const share = 2 / 3;
/** Or a little earlier. */
const jitter = 0.1;
/** A renewal that gains less than this has met the maximum. */
const smallestGainMs = 1_000;
/** Timers overflow after 24 days; and a machine that slept should notice before long. */
const longestSleepMs = 3_600_000;

/**
 * Renews in place while something long runs: a command reads its key once and cannot be handed another. A wall clock that
 * is set meanwhile does not matter.
 */
export function keepFresh(
  renewables: readonly Renewable[],
  options: KeepFreshOptions = {},
): Freshness {
  const { onEnding = () => {}, clock = systemClock, random = Math.random } = options;
  if (!Array.isArray(renewables)) throw new TypeError('"renewables" must be a list');
  const stopping = new AbortController();
  const { signal } = stopping;
  const running = renewables.map(async (renewable) => {
    const reason = await renewUntilItEnds(renewable, { clock, random, signal });
    if (!signal.aborted) onEnding(renewable, reason);
  });
  const stop = async (): Promise<void> => {
    stopping.abort();
    await Promise.all(running);
  };
  return { stop, [Symbol.asyncDispose]: stop };
}

interface Means {
  readonly clock: Clock;
  readonly random: () => number;
  readonly signal: AbortSignal;
}

/** Resolves with why it will end; never rejects. */
async function renewUntilItEnds(renewable: Renewable, means: Means): Promise<string> {
  const { leftMs } = createCountdown(means.clock, renewable);
  let reason = 'It has expired';
  while (await isDue(leftMs, means)) {
    const beforeMs = leftMs();
    try {
      await renewable.renew({ signal: means.signal });
      const gainMs = leftMs() - beforeMs;
      if (gainMs < smallestGainMs) return 'Renewing does not extend it any more';
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
      if (!isRetryable(error)) return reason;
    }
  }
  return reason;
}

/** Sleeps until it is time to renew; false when that will never be. */
async function isDue(leftMs: () => number, { clock, random, signal }: Means): Promise<boolean> {
  const lifetimeMs = leftMs();
  if (lifetimeMs < smallestGainMs) return false;
  const leftWhenDueMs = lifetimeMs * (1 - share * (1 - jitter * random()));
  for (;;) {
    const waitMs = leftMs() - leftWhenDueMs;
    if (signal.aborted) return false;
    if (waitMs <= 0) return true;
    await clock.sleep(Math.min(Math.ceil(waitMs), longestSleepMs), { signal }).catch(() => {});
  }
}

function isRetryable(error: unknown): boolean {
  return error instanceof Error && 'retryable' in error && error.retryable === true;
}
