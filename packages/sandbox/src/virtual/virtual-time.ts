import { setImmediate } from 'node:timers/promises';
import { SandboxError } from '../error.ts';
import type { Scheduler } from '../model/ports.ts';
import { createEventQueue } from './event-queue.ts';

/** The clock that the packages under test take as an option. */
export interface VirtualClock {
  now(): Date;
  /** Milliseconds since this time began. */
  monotonicMs(): number;
  /** Rejects with the signal's reason when aborted. */
  sleep(ms: number, options?: { readonly signal?: AbortSignal | undefined }): Promise<void>;
}

/** Time that stands still while anything computes and then jumps to the next thing that happens. */
export interface VirtualTime {
  readonly scheduler: Scheduler;
  readonly clock: VirtualClock;
  /** Lives through the next `ms` milliseconds. */
  advance(ms: number): Promise<void>;
  /** Lives on until `isDone` says so, for at most `limitMs`; tells whether it came to that. */
  runUntil(isDone: () => boolean, limitMs?: number): Promise<boolean>;
  /**
   * Lives on until `work` has settled. Rejects with a SandboxError `stalled` when nothing is left that could move it, or
   * when it takes longer than `limitMs` of this time.
   */
  drive<T>(work: Promise<T>, limitMs?: number): Promise<T>;
}

export interface VirtualTimeOptions {
  /** @default 2026-01-01T00:00:00Z */
  readonly startAt?: Date | undefined;
}

const dayMs = 24 * 60 * 60 * 1000;

export function createVirtualTime(options: VirtualTimeOptions = {}): VirtualTime {
  const startMs = (options.startAt ?? new Date('2026-01-01T00:00:00Z')).getTime();
  const queue = createEventQueue();
  let elapsedMs = 0;

  function after(delayMs: number, task: () => void): () => void {
    if (!Number.isFinite(delayMs)) throw new RangeError(`Delay must be finite: ${delayMs}`);
    // Whole milliseconds, as a Date has them: a duration read off the dates is then the one that was booked.
    const booking = queue.push(elapsedMs + Math.max(0, Math.ceil(delayMs)), task);
    return () => {
      booking.isCancelled = true;
    };
  }

  function now(): Date {
    return new Date(startMs + elapsedMs);
  }

  function sleep(ms: number, { signal }: { readonly signal?: AbortSignal | undefined } = {}) {
    return new Promise<void>((resolve, reject) => {
      signal?.throwIfAborted();
      const cancel = after(ms, () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      });
      function onAbort(): void {
        cancel();
        reject(signal?.reason);
      }
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** One event, then everything that promises make of it; `false` when none is due before `untilMs`. */
  async function step(untilMs: number): Promise<boolean> {
    const dueMs = queue.nextDueMs();
    if (dueMs === undefined || dueMs > untilMs) return false;
    elapsedMs = dueMs;
    queue.pop()?.task();
    await setImmediate();
    return true;
  }

  async function runUntil(isDone: () => boolean, limitMs = dayMs): Promise<boolean> {
    const untilMs = elapsedMs + limitMs;
    await setImmediate();
    while (!isDone()) {
      if (!(await step(untilMs))) return isDone();
    }
    return true;
  }

  return {
    scheduler: { now, after },
    clock: { now, monotonicMs: () => elapsedMs, sleep },
    async advance(ms) {
      const untilMs = elapsedMs + ms;
      await runUntil(() => false, ms);
      elapsedMs = untilMs;
    },
    runUntil,
    async drive(work, limitMs = dayMs) {
      let isSettled = false;
      const settle = (): void => {
        isSettled = true;
      };
      work.then(settle, settle);
      if (await runUntil(() => isSettled, limitMs)) return work;
      throw new SandboxError('stalled', `Work is not done after ${elapsedMs} ms: nothing moves it`);
    },
  };
}
