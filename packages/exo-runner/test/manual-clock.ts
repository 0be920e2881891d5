import type { Clock } from '../src/clock.ts';

export interface ManualClock extends Clock {
  /** Every pause that was asked for, in milliseconds. */
  readonly pauses: readonly number[];
  advance(ms: number): void;
}

/** Time that moves only when somebody sleeps or says so. */
export function createManualClock(startAt: Date = new Date('2026-01-01T00:00:00Z')): ManualClock {
  const pauses: number[] = [];
  let elapsedMs = 0;
  return {
    pauses,
    now: () => new Date(startAt.getTime() + elapsedMs),
    monotonicMs: () => elapsedMs,
    async sleep(ms, { signal } = {}) {
      signal?.throwIfAborted();
      pauses.push(ms);
      elapsedMs += ms;
    },
    advance(ms) {
      elapsedMs += ms;
    },
  };
}
