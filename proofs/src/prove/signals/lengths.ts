import type { Lane, LaneJob } from './lane.ts';
import { type Ended, strike, type TimedSignal } from './strike.ts';

/** How long an undisturbed line takes: starting up, which a busy machine stretches, and then the work itself. */
export interface Lengths {
  /** Until the first call to Vault. */
  readonly startMs: number;
  readonly workMs: number;
}

export interface Timed {
  readonly ended: Ended;
  /** Of this line, as far as it came. */
  readonly lengths: Lengths;
}

/** Strikes a line and measures it. */
export async function strikeTimed(
  lane: Lane,
  job: LaneJob,
  argv: readonly string[],
  signals: readonly TimedSignal[],
): Promise<Timed> {
  const startedMs = performance.now();
  let startMs: number | undefined;
  using _watching = lane.when({ kind: 'call', number: 1 }, () => {
    startMs = performance.now() - startedMs;
  });
  const ended = await strike(job.line(argv), signals);
  const upMs = startMs ?? ended.durationMs;
  return { ended, lengths: { startMs: upMs, workMs: ended.durationMs - upMs } };
}
