import type { Clock } from './clock.ts';
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
}

/** Renewed when a third of the time is left, so that failures leave time for more tries. */
const share = 2 / 3;
/** A renewal that gains less than this has met the maximum. */
const smallestGainMs = 1_000;
/** Timers overflow after 24 days; and a machine that slept should notice before long. */
const longestSleepMs = 3_600_000;

/**
 * Renews in place while something long runs: a command reads its key once and cannot be handed another. The times are
 * those of this machine's clock.
 */
export function keepFresh(
  renewables: readonly Renewable[],
  options: KeepFreshOptions = {},
): Freshness {
  const { onEnding = () => {}, clock = systemClock } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  const running = renewables.map(async (renewable) => {
    const reason = await renewUntilItEnds(renewable, clock, signal);
    if (!signal.aborted) onEnding(renewable, reason);
  });
  const stop = async (): Promise<void> => {
    stopping.abort();
    await Promise.all(running);
  };
  return { stop, [Symbol.asyncDispose]: stop };
}

/** Resolves with why it will end; never rejects. */
async function renewUntilItEnds(
  renewable: Renewable,
  clock: Clock,
  signal: AbortSignal,
): Promise<string> {
  let reason = 'It has expired';
  while (await isDue(renewable, clock, signal)) {
    const expiredAtMs = renewable.expiresAt.getTime();
    try {
      await renewable.renew({ signal });
      const gainMs = renewable.expiresAt.getTime() - expiredAtMs;
      if (gainMs < smallestGainMs) return 'Renewing does not extend it any more';
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
      if (!isRetryable(error)) return reason;
    }
  }
  return reason;
}

/** Sleeps until it is time to renew; false when that will never be. */
async function isDue(
  { expiresAt }: Renewable,
  clock: Clock,
  signal: AbortSignal,
): Promise<boolean> {
  const startedAtMs = clock.now().getTime();
  const lifetimeMs = expiresAt.getTime() - startedAtMs;
  if (lifetimeMs < smallestGainMs) return false;
  const dueAtMs = startedAtMs + lifetimeMs * share;
  for (;;) {
    const leftMs = dueAtMs - clock.now().getTime();
    if (signal.aborted) return false;
    if (leftMs <= 0) return true;
    await clock.sleep(Math.min(leftMs, longestSleepMs), { signal }).catch(() => {});
  }
}

function isRetryable(error: unknown): boolean {
  return error instanceof Error && 'retryable' in error && error.retryable === true;
}
