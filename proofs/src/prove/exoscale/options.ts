import { parseArgs } from 'node:util';

export interface ExoscaleProofOptions {
  readonly seed: number;
  /** Of the large image. */
  readonly sizeMiB: number;
  /** Imports that are killed. */
  readonly kills: number;
}

/** @throws RangeError or TypeError naming the option that is wrong. */
export function parseExoscaleOptions(
  argv: readonly string[],
  randomSeed: number,
): ExoscaleProofOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      seed: { type: 'string', default: String(randomSeed) },
      'size-mib': { type: 'string', default: '2048' },
      kills: { type: 'string', default: '20' },
    },
  });
  return {
    seed: wholeNumber('--seed', values.seed, 0, 2 ** 32 - 1),
    sizeMiB: wholeNumber('--size-mib', values['size-mib'], 1, 100_000),
    kills: wholeNumber('--kills', values.kills, 0, 1_000),
  };
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  const isInside = Number.isInteger(value) && value >= least && value <= most;
  if (isInside && text.trim() !== '') return value;
  throw new RangeError(`${name} takes a whole number from ${least} to ${most}: got "${text}"`);
}
