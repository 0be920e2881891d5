import type { Contender, Policy } from './contender.ts';
import type { BenchOptions } from './options.ts';
import { oracle } from './oracle.ts';
import { createOurs } from './ours.ts';
import { article, naive } from './scripted.ts';
import { awsLaunchFirst, awsTerminateFirst, kubernetes } from './surge-loop.ts';

export type Victims = 'oldest' | 'newest' | 'random';

/** Everybody meets the same seeds here, so that each ratio compares like with like. */
export interface Round {
  readonly size: number;
  readonly quota: number;
  readonly bootMedianMs: number;
  readonly victims: Victims;
  readonly runs: number;
  readonly contenders: readonly Contender[];
}

export const policy: Policy = { k: 3, holdMs: 10_000, drainMs: 17_000, pollMs: 1_000 };
const victimOrders: readonly Victims[] = ['oldest', 'newest', 'random'];

/** A generation of one takes as long as one of fifty: what would take hours of virtual time is left out. */
const mostForSmallWaves = 10;

/** All combinations: everybody under random victims, and under the other orders whoever lets the pool choose. */
export function roundsOf(options: BenchOptions): readonly Round[] {
  return options.sizes.flatMap((size) =>
    options.bootMediansMs.flatMap((bootMedianMs) => [
      ...victimOrders.map((victims) => ({
        size,
        quota: 2 * size,
        bootMedianMs,
        victims,
        runs: runsFor(options.runs, size),
        contenders: [oracle, ...contendersFor(options, size, victims)],
      })),
      ...tightRounds(options, size, bootMedianMs),
    ]),
  );
}

/** Little quota: waves of what is left. */
function tightRounds(options: BenchOptions, size: number, bootMedianMs: number): readonly Round[] {
  if (size < 3 || size > mostForSmallWaves) return [];
  const contenders = options.strategies.filter(
    (kind) => kind === 'double' || kind === 'exponential',
  );
  const quota = size + Math.ceil(size / 3);
  const runs = Math.ceil(runsFor(options.runs, size) / 4);
  const ours = contenders.map(createOurs);
  return [{ size, quota, bootMedianMs, victims: 'random', runs, contenders: [oracle, ...ours] }];
}

function contendersFor(
  { strategies }: BenchOptions,
  size: number,
  victims: Victims,
): readonly Contender[] {
  const ours = strategies
    .filter((kind) => size <= mostForSmallWaves || (kind !== 'one-by-one' && kind !== 'batch'))
    .map(createOurs);
  if (victims !== 'random')
    return [...ours.filter(({ strategy }) => strategy === 'double'), article];
  const others = [article, kubernetes, awsLaunchFirst];
  return size > mostForSmallWaves
    ? [...ours, ...others]
    : [...ours, ...others, naive, awsTerminateFirst];
}

function runsFor(runs: number, size: number): number {
  if (size <= mostForSmallWaves) return runs;
  return Math.max(1, Math.round((runs * (size <= 50 ? 3 : 1)) / 40));
}
