import type { LaneJob } from './lane.ts';
import { type Ended, strike } from './strike.ts';
import { tailOf } from './verdict.ts';

/** A line that nobody disturbs and that must succeed. */
export async function runLine(job: LaneJob, argv: readonly string[]): Promise<Ended> {
  const ended = await strike(job.line(argv), []);
  if (ended.exitCode === 0) return ended;
  throw new RangeError(
    `ci-cli ${argv[0]} exited ${ended.exitCode} undisturbed:\n${tailOf(ended.output)}`,
  );
}
