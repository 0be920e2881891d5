import type { Scheduler } from '../model/ports.ts';

/** Things to be done at a moment, rather than after a while. */
export interface Alarms {
  now(): Date;
  /** Runs `task` once at `at`, or as soon as possible when that has passed; the result cancels it. */
  set(at: Date, task: () => void): () => void;
  /** Cancels all that is pending; nothing runs afterwards. */
  close(): void;
}

export function createAlarms(scheduler: Scheduler): Alarms {
  const pending = new Set<() => void>();
  let isClosed = false;

  return {
    now: () => scheduler.now(),
    set(at, task) {
      let cancelTimer = (): void => {};
      const cancel = (): void => {
        cancelTimer();
        pending.delete(cancel);
      };
      const wait = (): void => {
        const delayMs = Math.max(0, at.getTime() - scheduler.now().getTime());
        cancelTimer = scheduler.after(delayMs, () => {
          // The clock was set back meanwhile: it is not time yet.
          if (scheduler.now() < at) return wait();
          pending.delete(cancel);
          task();
        });
      };
      if (!isClosed) {
        pending.add(cancel);
        wait();
      }
      return cancel;
    },
    close() {
      isClosed = true;
      for (const cancel of pending) cancel();
    },
  };
}
