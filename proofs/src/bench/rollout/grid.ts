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

/**
 * All combinations: the default strategy and the article under every order of victims with all the seeds; everybody else,
 * whose members no pool chooses or who only serve to compare, under random victims with fewer.
 */
export function roundsOf(options: BenchOptions): readonly Round[] {
  return options.sizes.flatMap((size) =>
    options.bootMediansMs.flatMap((bootMedianMs) => {
      const common = { size, quota: 2 * size, bootMedianMs };
      const runs = runsFor(options.runs, size);
      const [contenders, others] = contendersFor(options, size);
      return [
        ...victimOrders.map((victims) => ({ ...common, victims, runs, contenders })),
        { ...common, victims: 'random' as const, runs: fewer(runs), contenders: others },
        ...tightRounds(options, size, bootMedianMs),
      ];
    }),
  );
}

function fewer(runs: number): number {
  return Math.max(1, Math.min(runs, Math.max(20, Math.round(runs / 20))));
}

/** Little quota: waves of what is left. */
function tightRounds(options: BenchOptions, size: number, bootMedianMs: number): readonly Round[] {
  if (size < 3 || size > mostForSmallWaves) return [];
  const contenders = options.strategies.filter(
    (kind) => kind === 'double' || kind === 'exponential',
  );
  const quota = size + Math.ceil(size / 3);
  const runs = fewer(runsFor(options.runs, size));
  const ours = contenders.map(createOurs);
  return [{ size, quota, bootMedianMs, victims: 'random', runs, contenders: [oracle, ...ours] }];
}

/** Those with all the seeds, and those with fewer; each with the oracle that they are measured by. */
function contendersFor(
  { strategies }: BenchOptions,
  size: number,
): readonly [readonly Contender[], readonly Contender[]] {
  const [first, ...rest] = strategies
    .filter((kind) => size <= mostForSmallWaves || (kind !== 'one-by-one' && kind !== 'batch'))
    .map(createOurs);
  const others = [...rest, kubernetes, awsLaunchFirst];
  const small = size > mostForSmallWaves ? [] : [naive, awsTerminateFirst];
  return [
    [oracle, ...(first === undefined ? [] : [first]), article],
    [oracle, ...others, ...small],
  ];
}

/** All seeds where the promises are made, at ten members; fewer where a run takes long. */
function runsFor(runs: number, size: number): number {
  const share = size === 10 ? 1 : size < 10 ? 5 : size <= 50 ? 40 : 100;
  return Math.max(1, Math.min(runs, Math.max(20, Math.round(runs / share))));
}
