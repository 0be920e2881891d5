import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '@exoship/exoscale-api';

/** A clock on which waits pass `factor` times as fast, so that patience can be proved without having it. */
export function createQuickClock(factor: number): Clock {
  return {
    now: () => new Date(),
    monotonicMs: () => performance.now() * factor,
    sleep: async (ms, { signal } = {}) =>
      await delay(ms / factor, undefined, signal && { signal }).catch((error: unknown) => {
        signal?.throwIfAborted();
        throw error;
      }),
  };
}
