import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '../src/index.ts';

/** Time that passes only by sleeping: a test of minutes takes milliseconds. */
export function createManualClock(): Clock & { readonly elapsedMs: () => number } {
  let elapsedMs = 0;
  return {
    elapsedMs: () => elapsedMs,
    now: () => new Date(Date.UTC(2026, 0, 1) + elapsedMs),
    monotonicMs: () => elapsedMs,
    sleep: async (ms, { signal } = {}) => {
      signal?.throwIfAborted();
      elapsedMs += ms;
      await turn();
      signal?.throwIfAborted();
    },
  };
}
