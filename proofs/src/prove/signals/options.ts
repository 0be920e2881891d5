import { parseArgs } from 'node:util';

export type Stage = 'build' | 'test' | 'deploy' | 'exec';

const stages: readonly Stage[] = ['build', 'test', 'exec', 'deploy'];

export interface SignalsOptions {
  readonly seed: number;
  /** Moments per stage and signal. */
  readonly runs: number;
  readonly stages: readonly Stage[];
}

/** @throws RangeError or TypeError naming the option that is wrong. */
export function parseSignalsOptions(argv: readonly string[], randomSeed: number): SignalsOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      seed: { type: 'string', default: String(randomSeed) },
      runs: { type: 'string', default: '20' },
      stage: { type: 'string' },
    },
  });
  return {
    seed: wholeNumber('--seed', values.seed, 0, 2 ** 32 - 1),
    runs: wholeNumber('--runs', values.runs, 1, 1_000),
    stages: values.stage === undefined ? stages : [stageOf(values.stage)],
  };
}

function stageOf(text: string): Stage {
  const stage = stages.find((known) => known === text);
  if (stage !== undefined) return stage;
  throw new RangeError(`--stage takes ${stages.join(', ')}: got "${text}"`);
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most && text.trim() !== '')
    return value;
  throw new RangeError(`${name} takes a whole number from ${least} to ${most}: got "${text}"`);
}
