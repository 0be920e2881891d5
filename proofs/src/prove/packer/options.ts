import { parseArgs } from 'node:util';

export type Part = 'kills' | 'canaries' | 'failures' | 'fuzz';

const parts: readonly Part[] = ['fuzz', 'canaries', 'failures', 'kills'];

export interface PackerOptions {
  readonly seed: number;
  readonly kills: number;
  /** How many lines the parser is fed. */
  readonly lines: number;
  readonly parts: readonly Part[];
  /** Uses stand-ins even where Packer and QEMU are. */
  readonly standIn: boolean;
}

/** @throws RangeError or TypeError naming the option that is wrong. */
export function parsePackerOptions(argv: readonly string[], randomSeed: number): PackerOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      seed: { type: 'string', default: String(randomSeed) },
      kills: { type: 'string', default: '40' },
      lines: { type: 'string', default: '1000000' },
      part: { type: 'string', multiple: true, default: [...parts] },
      'stand-in': { type: 'boolean', default: false },
    },
  });
  return {
    seed: wholeNumber('--seed', values.seed, 0, 2 ** 32 - 1),
    kills: wholeNumber('--kills', values.kills, 1, 1_000),
    lines: wholeNumber('--lines', values.lines, 1, 100_000_000),
    parts: values.part.map(partOf),
    standIn: values['stand-in'],
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
