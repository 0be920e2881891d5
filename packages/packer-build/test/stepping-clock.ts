import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '../src/index.ts';

interface Sleeper {
  readonly dueMs: number;
  readonly wake: () => void;
}

/** Time that passes only when the test says so. */
export function createSteppingClock(): Clock & { readonly advance: (ms: number) => Promise<void> } {
  let nowMs = 0;
  let sleepers: Sleeper[] = [];
  return {
    now: () => new Date(nowMs),
    monotonicMs: () => nowMs,
    sleep: (ms, { signal } = {}) => {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      sleepers.push({ dueMs: nowMs + ms, wake: resolve });
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
      return promise;
    },
    advance: async (ms) => {
      nowMs += ms;
      const due = sleepers.filter(({ dueMs }) => dueMs <= nowMs);
      sleepers = sleepers.filter((sleeper) => !due.includes(sleeper));
      for (const { wake } of due) wake();
      await turn();
    },
  };
}
