import type { Scheduler } from '../model/ports.ts';

export interface WallScheduler extends Scheduler, Disposable {
  /** Forgets every task; later bookings are dropped. */
  close(): void;
}

interface Booking {
  readonly dueMs: number;
  readonly task: () => void;
}

/** Node turns a longer delay into 1 ms. */
const longestTimerMs = 2 ** 31 - 1;

/** Books tasks on the monotonic clock, so that a step of the wall clock neither delays nor hurries them. */
export function createWallScheduler(): WallScheduler {
  // One timer for the earliest booking: tasks that are late together still run in the order of their moments.
  const queue: Booking[] = [];
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  function arm(): void {
    clearTimeout(timer);
    timer = undefined;
    const next = queue[0];
    if (next === undefined || isClosed) return;
    const waitMs = Math.max(0, Math.ceil(next.dueMs - performance.now()));
    timer = setTimeout(runDue, Math.min(waitMs, longestTimerMs));
  }

  function runDue(): void {
    const nowMs = performance.now();
    try {
      for (let next = queue[0]; next !== undefined && next.dueMs <= nowMs; next = queue[0]) {
        queue.shift();
        next.task();
      }
    } finally {
      arm();
    }
  }

  function after(delayMs: number, task: () => void): () => void {
    if (Number.isNaN(delayMs)) throw new RangeError('Delay must be a number of milliseconds: NaN');
    const booking: Booking = { dueMs: performance.now() + Math.max(0, delayMs), task };
    if (!isClosed) {
      queue.splice(insertionIndex(queue, booking.dueMs), 0, booking);
      if (queue[0] === booking) arm();
    }
    return () => {
      const index = queue.indexOf(booking);
      if (index !== -1) queue.splice(index, 1);
      if (index === 0) arm();
    };
  }

  function close(): void {
    isClosed = true;
    queue.length = 0;
    clearTimeout(timer);
  }

  return { now: () => new Date(), after, close, [Symbol.dispose]: close };
}

/** Behind all bookings of the same moment: those run in order of booking. */
function insertionIndex(queue: readonly Booking[], dueMs: number): number {
  let low = 0;
  let high = queue.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((queue[middle] as Booking).dueMs <= dueMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
