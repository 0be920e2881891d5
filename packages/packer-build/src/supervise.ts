import type { Clock } from './clock.ts';
import type { Phase } from './phase.ts';

export type StopReason =
  | 'cancelled'
  | 'deadline'
  | 'phase-deadline'
  | 'idle'
  /** Next to nothing is left on the disk: the machine would wait for room for ever. */
  | 'disk-full'
  /** The machine listens to more than this computer. */
  | 'exposed';

export interface Supervision extends Disposable {
  /** Aborted when the run must end. */
  readonly stop: AbortSignal;
  /** Aborted when there is nothing to watch any more. */
  readonly over: AbortSignal;
  /** Why it was; `undefined` while nothing has happened. */
  reason(): StopReason | undefined;
  /** The phase in which that was. */
  during(): Phase | undefined;
  /** There is a sign of life. */
  touch(): void;
  /** Another phase has begun, with a deadline of its own if it has one. */
  enter(phase: Phase): void;
  /** Ends the run. */
  end(why: StopReason): void;
}

export interface SuperviseOptions {
  readonly clock: Clock;
  readonly deadlineMs: number;
  readonly idleMs: number;
  readonly phaseDeadlinesMs: Readonly<Partial<Record<Phase, number>>>;
  readonly signal: AbortSignal | undefined;
  readonly onStop: (reason: StopReason) => void;
}

/** Watches over a run: the caller's signal, its deadlines and its silence. */
export function supervise(options: SuperviseOptions): Supervision {
  const { clock, deadlineMs, idleMs, phaseDeadlinesMs, signal, onStop } = options;
  const stop = new AbortController();
  const over = new AbortController();
  let reason: StopReason | undefined;
  let lastSignMs = clock.monotonicMs();
  let phase = new AbortController();
  let current: Phase | undefined;
  let stopped: Phase | undefined;

  const end = (why: StopReason): void => {
    if (reason !== undefined || over.signal.aborted) return;
    reason = why;
    stopped = current;
    onStop(why);
    stop.abort();
  };
  const watchSilence = async (): Promise<void> => {
    for (let leftMs = idleMs; leftMs > 0; leftMs = lastSignMs + idleMs - clock.monotonicMs()) {
      await clock.sleep(leftMs, { signal: over.signal });
    }
    end('idle');
  };
  const endAfter = async (ms: number, why: StopReason, unless: AbortSignal): Promise<void> => {
    await clock.sleep(ms, { signal: unless });
    end(why);
  };
  const cancel = (): void => end('cancelled');
  signal?.addEventListener('abort', cancel, { once: true });
  if (signal?.aborted) cancel();
  watchSilence().catch(() => {});
  endAfter(deadlineMs, 'deadline', over.signal).catch(() => {});
  return {
    stop: stop.signal,
    over: over.signal,
    reason: () => reason,
    during: () => stopped,
    touch: () => {
      lastSignMs = clock.monotonicMs();
    },
    enter: (entered) => {
      current = entered;
      phase.abort();
      phase = new AbortController();
      const limitMs = phaseDeadlinesMs[entered];
      if (limitMs === undefined) return;
      const unless = AbortSignal.any([phase.signal, over.signal]);
      endAfter(limitMs, 'phase-deadline', unless).catch(() => {});
    },
    end,
    [Symbol.dispose]: () => {
      signal?.removeEventListener('abort', cancel);
      phase.abort();
      over.abort();
    },
  };
}
