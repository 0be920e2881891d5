import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from './clock.ts';

/** The wall's clock: the default of every function that takes one. */
export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
  sleep: async (ms, { signal } = {}) => {
    try {
      await delay(ms, undefined, { signal });
    } catch (error) {
      // `delay` wraps the reason into an AbortError of its own.
      signal?.throwIfAborted();
      throw error;
    }
  },
};
