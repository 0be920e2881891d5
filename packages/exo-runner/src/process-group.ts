import type { Clock } from './clock.ts';

export type StopSignal = 'SIGTERM' | 'SIGINT' | 'SIGHUP';

/** Signals every process of a group; 0 only asks, and the answer is whether anybody is left. */
export type SignalGroup = (signal: StopSignal | 'SIGKILL' | 0) => boolean;

/** A child and its descendants, addressed together. */
export interface ProcessGroup {
  /** Asks the group to end, and after the grace period makes it. Later calls wait for the first. */
  stop(signal: StopSignal): Promise<void>;
}

const pollMs = 20;
/** SIGKILL needs no cooperation, but takes effect asynchronously. */
const killWaitMs = 500;

export function createProcessGroup(
  signalGroup: SignalGroup,
  { clock, stopGraceMs }: { readonly clock: Clock; readonly stopGraceMs: number },
): ProcessGroup {
  let stopping: Promise<void> | undefined;
  const isGoneWithin = async (ms: number): Promise<boolean> => {
    const endsAtMs = clock.monotonicMs() + ms;
    while (signalGroup(0)) {
      if (clock.monotonicMs() >= endsAtMs) return false;
      await clock.sleep(pollMs);
    }
    return true;
  };
  const stop = async (signal: StopSignal): Promise<void> => {
    if (!signalGroup(signal) || (await isGoneWithin(stopGraceMs))) return;
    signalGroup('SIGKILL');
    await isGoneWithin(killWaitMs);
  };
  return {
    stop(signal) {
      stopping ??= stop(signal);
      return stopping;
    },
  };
}
