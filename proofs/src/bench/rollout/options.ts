import { parseArgs } from 'node:util';
import { ourStrategies, type StrategyKind } from './ours.ts';

export interface BenchOptions {
  /** Members of the pool. */
  readonly sizes: readonly number[];
  readonly strategies: readonly StrategyKind[];
  readonly bootMediansMs: readonly number[];
  /** Seeds of a combination of the first strategy; large pools, and everybody else, get fewer. */
  readonly runs: number;
  /** Threads that play combinations side by side. */
  readonly workers: number;
  readonly seed: string;
  /** Measure how the planner and the executor scale as well. */
  readonly withScale: boolean;
}

export const usage: string = `pnpm bench rollout [options]
  --n N,…          members of the pool (default: 1,3,10,50,200)
  --boot S,…       median seconds from creation to accepting (default: 15,40,75,120)
  --strategy S,…   of ours: ${ourStrategies.join(', ')} (default: all)
  --runs N         seeds of the first strategy with 10 members (default: 40); the others get fewer
  --workers N      combinations that are played side by side (default: 2)
  --seed S         prefix of the seeds (default: bench)
  --no-scale       leave out how planner, executor and memory scale`;

/** @throws RangeError naming the option that is wrong. */
export function parseBenchOptions(argv: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: argv.filter((argument) => argument !== '--'),
    options: {
      n: { type: 'string', default: '1,3,10,50,200' },
      boot: { type: 'string', default: '15,40,75,120' },
      strategy: { type: 'string', default: ourStrategies.join() },
      runs: { type: 'string', default: '40' },
      workers: { type: 'string', default: '2' },
      seed: { type: 'string', default: 'bench' },
      'no-scale': { type: 'boolean', default: false },
    },
  });
  return {
    sizes: values.n.split(',').map((text) => count('--n', text)),
    bootMediansMs: values.boot.split(',').map((text) => count('--boot', text) * 1000),
    strategies: values.strategy.split(',').map(strategy),
    runs: count('--runs', values.runs),
    workers: count('--workers', values.workers),
    seed: values.seed,
    withScale: !values['no-scale'],
  };
}

function count(name: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new RangeError(`${name} takes whole numbers from 1: got "${text}"`);
}

function strategy(text: string): StrategyKind {
  const known = ourStrategies.find((kind) => kind === text);
  if (known !== undefined) return known;
  throw new RangeError(`--strategy takes ${ourStrategies.join(', ')}: got "${text}"`);
}
