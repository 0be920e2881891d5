import type { Clock } from './clock.ts';

export type StopReason = 'cancelled' | 'deadline' | 'idle';

export interface Supervision extends Disposable {
  /** Aborted when the run must end. */
  readonly stop: AbortSignal;
  /** Why it was; `undefined` while nothing has happened. */
  reason(): StopReason | undefined;
  /** There is a sign of life. */
  touch(): void;
}

/** Watches over a run: the caller's signal, its deadline and its silence. */
export function supervise(options: {
  readonly clock: Clock;
  readonly deadlineMs: number;
  readonly idleMs: number;
  readonly signal: AbortSignal | undefined;
  readonly onStop: (reason: StopReason) => void;
}): Supervision {
  const { clock, deadlineMs, idleMs, signal, onStop } = options;
  const stop = new AbortController();
  const over = new AbortController();
  let reason: StopReason | undefined;
  let lastSignMs = clock.monotonicMs();

  const end = (why: StopReason): void => {
    if (reason !== undefined || over.signal.aborted) return;
    reason = why;
    onStop(why);
    stop.abort();
  };
  const watchSilence = async (): Promise<void> => {
    for (let leftMs = idleMs; leftMs > 0; leftMs = lastSignMs + idleMs - clock.monotonicMs()) {
      await clock.sleep(leftMs, { signal: over.signal });
    }
    end('idle');
  };
  const watchDeadline = async (): Promise<void> => {
    await clock.sleep(deadlineMs, { signal: over.signal });
    end('deadline');
  };
  const cancel = (): void => end('cancelled');
  signal?.addEventListener('abort', cancel, { once: true });
  if (signal?.aborted) cancel();
  for (const watch of [watchSilence, watchDeadline]) watch().catch(() => {});
  return {
    stop: stop.signal,
    reason: () => reason,
    touch: () => {
      lastSignMs = clock.monotonicMs();
    },
    [Symbol.dispose]: () => {
      signal?.removeEventListener('abort', cancel);
      over.abort();
    },
  };
}
