import type { Lane, LaneJob } from './lane.ts';
import { type Lengths, strikeTimed } from './lengths.ts';
import { tailOf } from './verdict.ts';

/** A line that nobody disturbs and that must succeed; resolves with how long it took. */
export async function runLine(lane: Lane, job: LaneJob, argv: readonly string[]): Promise<Lengths> {
  const { ended, lengths } = await strikeTimed(lane, job, argv, []);
  if (ended.exitCode === 0) return lengths;
  const what = `ci-cli ${argv[0]} exited ${ended.exitCode} undisturbed`;
  throw new RangeError(`${what}:\n${tailOf(ended.output)}`);
}
