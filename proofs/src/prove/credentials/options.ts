import { parseArgs } from 'node:util';

export interface CredentialsOptions {
  readonly seed: number;
  /** Times that the whole list is played, each with a seed of its own. */
  readonly runs: number;
  /** Only the rows whose names contain it; nothing else is run then. */
  readonly only: string | undefined;
}

/** @throws RangeError or TypeError naming the option that is wrong. */
export function parseCredentialsOptions(
  argv: readonly string[],
  randomSeed: number,
): CredentialsOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      seed: { type: 'string', default: String(randomSeed) },
      runs: { type: 'string', default: '1' },
      only: { type: 'string' },
    },
  });
  return {
    seed: wholeNumber('--seed', values.seed, 0, 2 ** 32 - 1),
    runs: wholeNumber('--runs', values.runs, 1, 1_000),
    only: values.only,
  };
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  const isWhole = Number.isInteger(value) && text.trim() !== '';
  if (isWhole && value >= least && value <= most) return value;
  throw new RangeError(`${name} takes a whole number from ${least} to ${most}: got "${text}"`);
}
