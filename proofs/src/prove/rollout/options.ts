import { parseArgs } from 'node:util';
import type { Case } from './docket.ts';

export interface ProveOptions {
  readonly seed: number;
  /** Random sequences of faults; the other parts grow with it. */
  readonly runs: number;
  /** Every pair of faults also where the release is bad, and every crash through HTTP: hours. */
  readonly isDeep: boolean;
  /** Threads that prove parts side by side. */
  readonly workers: number;
  /** One case, as a failure has printed it, and nothing else. */
  readonly replay: Case | undefined;
}

export const usage = `pnpm prove rollout [options]
  --seed N         repeat an earlier run's draws (default: random, printed)
  --runs N         random sequences of faults (default: 1000)
  --deep           every pair of faults with a bad release as well, and every crash through HTTP as well
  --workers N      parts that are proved side by side (default: 2)
  --replay JSON    one case, as a failure has printed it`;

/** @throws RangeError naming the option that is wrong. */
export function parseProveOptions(argv: readonly string[], randomSeed: number): ProveOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      seed: { type: 'string', default: String(randomSeed) },
      runs: { type: 'string', default: '1000' },
      deep: { type: 'boolean', default: false },
      workers: { type: 'string', default: '2' },
      replay: { type: 'string' },
    },
  });
  return {
    seed: wholeNumber('--seed', values.seed, 2 ** 31 - 1),
    runs: wholeNumber('--runs', values.runs, 10_000_000),
    isDeep: values.deep,
    workers: Math.max(1, wholeNumber('--workers', values.workers, 64)),
    replay: values.replay === undefined ? undefined : parseCase(values.replay),
  };
}

function wholeNumber(name: string, text: string, most: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value <= most && text.trim() !== '') return value;
  throw new RangeError(`${name} takes a whole number up to ${most}: got "${text}"`);
}

function parseCase(text: string): Case {
  try {
    return JSON.parse(text) as Case;
  } catch {
    throw new RangeError('--replay takes the JSON that a failure has printed');
  }
}
