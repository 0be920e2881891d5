import type { Clock } from '../clock.ts';

export interface ManualClock extends Clock {
  /** Sleepers that are waiting. */
  readonly sleeping: number;
}

interface Sleeper {
  readonly atMs: number;
  readonly seq: number;
  readonly wake: () => void;
}

/**
 * Time that passes only when everybody sleeps: then it jumps to the next one who wants to wake. Deterministic for work in
 * memory, however many sleep at once; not for real input and output, which it would not wait for.
 */
export function createManualClock(options: { readonly startAt?: Date } = {}): ManualClock {
  const startAt = options.startAt ?? new Date('2030-01-01T00:00:00.000Z');
  const sleepers = new Set<Sleeper>();
  let nowMs = 0;
  let seq = 0;
  let isTurning = false;

  // A macrotask later every promise that could go on has gone on: nobody is awake any more.
  const turn = (): void => {
    if (isTurning || sleepers.size === 0) return;
    isTurning = true;
    setImmediate(() => {
      isTurning = false;
      const [first] = [...sleepers].toSorted(
        (one, two) => one.atMs - two.atMs || one.seq - two.seq,
      );
      if (first === undefined) return;
      sleepers.delete(first);
      nowMs = Math.max(nowMs, first.atMs);
      first.wake();
      turn();
    });
  };

  return {
    now: () => new Date(startAt.getTime() + nowMs),
    monotonicMs: () => nowMs,
    get sleeping() {
      return sleepers.size;
    },
    sleep: (ms, { signal } = {}) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const cancel = (): void => {
          sleepers.delete(sleeper);
          reject(signal?.reason);
        };
        seq += 1;
        const wake = (): void => {
          signal?.removeEventListener('abort', cancel);
          resolve();
        };
        const sleeper: Sleeper = { atMs: nowMs + ms, seq, wake };
        signal?.addEventListener('abort', cancel, { once: true });
        sleepers.add(sleeper);
        turn();
      }),
  };
}
