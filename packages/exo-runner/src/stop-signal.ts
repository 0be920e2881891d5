import type { StopSignal } from './process-group.ts';

const stopSignals: ReadonlySet<unknown> = new Set<StopSignal>(['SIGTERM', 'SIGINT', 'SIGHUP']);

/** The signal that made the caller stop, when the reason of its AbortSignal tells; else the polite one. */
export function stopSignalOf(reason: unknown): StopSignal {
  const named =
    typeof reason === 'object' && reason !== null && 'signal' in reason ? reason.signal : reason;
  return isStopSignal(named) ? named : 'SIGTERM';
}

function isStopSignal(value: unknown): value is StopSignal {
  return stopSignals.has(value);
}
