import { nextTick } from 'node:process';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
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

/** Resolves when every promise that could go on has: the tick queue waits for the microtasks to run dry. */
const promisesRest: () => Promise<void> = promisify(nextTick);

/** So often the process gets to see to its sockets and signals. */
const eventsPerTurn = 256;

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
  let events = 0;
  let hasWoken = false;

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
        hasWoken = true;
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
    await rest();
    return true;
  }

  /** Whoever was woken may do more than go from promise to promise; a turn of the event loop costs a system call. */
  async function rest(): Promise<void> {
    events += 1;
    if (hasWoken || events % eventsPerTurn === 0) await setImmediate();
    else await promisesRest();
    hasWoken = false;
  }

  async function live(isDone: () => boolean, untilMs: number): Promise<boolean> {
    await setImmediate();
    while (!isDone()) {
      if (!(await step(untilMs))) return isDone();
    }
    return true;
  }

  async function runUntil(isDone: () => boolean, limitMs = dayMs): Promise<boolean> {
    const untilMs = elapsedMs + limitMs;
    const hasCome = await live(isDone, untilMs);
    if (!hasCome) elapsedMs = untilMs;
    return hasCome;
  }

  return {
    scheduler: { now, after },
    clock: { now, monotonicMs: () => elapsedMs, sleep },
    async advance(ms) {
      await runUntil(() => false, ms);
    },
    runUntil,
    async drive(work, limitMs = dayMs) {
      let isSettled = false;
      const settle = (): void => {
        isSettled = true;
      };
      work.then(settle, settle);
      if (await live(() => isSettled, elapsedMs + limitMs)) return work;
      throw new SandboxError('stalled', `Work is not done after ${elapsedMs} ms: nothing moves it`);
    },
  };
}
