import { parseArgs } from 'node:util';

export type Part = 'killed' | 'waiting' | 'verbs';

const parts: readonly Part[] = ['killed', 'waiting', 'verbs'];

export interface TakeoverOptions {
  readonly seed: number;
  /** Moments at which a controller is killed; the other parts have about as many. */
  readonly runs: number;
  /** Pools that are rolled out side by side. */
  readonly pools: number;
  readonly parts: readonly Part[];
}

/** @throws RangeError or TypeError naming the option that is wrong. */
export function parseTakeoverOptions(argv: readonly string[], randomSeed: number): TakeoverOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      seed: { type: 'string', default: String(randomSeed) },
      runs: { type: 'string', default: '20' },
      pools: { type: 'string', default: '4' },
      part: { type: 'string' },
    },
  });
  return {
    seed: wholeNumber('--seed', values.seed, 0, 2 ** 32 - 1),
    runs: wholeNumber('--runs', values.runs, 1, 1_000),
    pools: wholeNumber('--pools', values.pools, 1, 16),
    parts: values.part === undefined ? parts : [partOf(values.part)],
  };
}

function partOf(text: string): Part {
  const part = parts.find((known) => known === text);
  if (part !== undefined) return part;
  throw new RangeError(`--part takes ${parts.join(', ')}: got "${text}"`);
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most && text.trim() !== '')
    return value;
  throw new RangeError(`${name} takes a whole number from ${least} to ${most}: got "${text}"`);
}
