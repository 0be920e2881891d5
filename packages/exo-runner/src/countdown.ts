import type { Clock } from './clock.ts';

/** What is left of something that ends. */
export interface Countdown {
  leftMs(): number;
}

/**
 * Counts down from what was left when the end was last set, by whichever clock has run on further since: a wall clock
 * can be set back, and a monotonic one stands still while the machine sleeps.
 */
export function createCountdown(clock: Clock, end: { readonly expiresAt: Date }): Countdown {
  const start = () => {
    const [endsAtMs, wallMs] = [end.expiresAt.getTime(), clock.now().getTime()];
    return { endsAtMs, wallMs, monotonicMs: clock.monotonicMs(), leftMs: endsAtMs - wallMs };
  };
  let started = start();
  return {
    leftMs() {
      if (end.expiresAt.getTime() !== started.endsAtMs) started = start();
      const byWallMs = clock.now().getTime() - started.wallMs;
      const byMonotonicMs = clock.monotonicMs() - started.monotonicMs;
      return started.leftMs - Math.max(byWallMs, byMonotonicMs);
    },
  };
}
