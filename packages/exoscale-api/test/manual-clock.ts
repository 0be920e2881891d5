import type { Clock } from '../src/system-clock.ts';

/** A clock that jumps: every sleep ends at once, and is written down. */
export interface ManualClock extends Clock {
  readonly slept: number[];
}

export function createManualClock(start: Date = new Date('2026-01-02T03:04:05Z')): ManualClock {
  let elapsedMs = 0;
  const slept: number[] = [];
  return {
    slept,
    now: () => new Date(start.getTime() + elapsedMs),
    monotonicMs: () => elapsedMs,
    async sleep(ms, { signal } = {}) {
      signal?.throwIfAborted();
      slept.push(ms);
      elapsedMs += ms;
    },
  };
}
