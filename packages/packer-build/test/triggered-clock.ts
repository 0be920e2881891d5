import type { Clock } from '../src/index.ts';
import { systemClock } from '../src/system-clock.ts';

/** The wall's clock, except that a sleep of exactly `ms` ends when, and only when, the test says so. */
export function createTriggeredClock(ms: number): Clock & { readonly fire: () => void } {
  const { promise: fired, resolve } = Promise.withResolvers<void>();
  let aheadMs = 0;
  return {
    now: () => systemClock.now(),
    monotonicMs: () => systemClock.monotonicMs() + aheadMs,
    sleep: async (duration, { signal } = {}) => {
      if (duration !== ms) return await systemClock.sleep(duration, { signal });
      const { promise: aborted, reject } = Promise.withResolvers<never>();
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
      await Promise.race([fired, aborted]);
    },
    fire: () => {
      aheadMs += ms;
      resolve();
    },
  };
}
