import { createHash } from 'node:crypto';
import type { Stage } from './options.ts';

export type BlowSignal = 'SIGTERM' | 'SIGINT' | 'SIGKILL';

/** One signal at one moment of one stage. */
export interface Blow {
  readonly stage: Stage;
  /** With the seed, all it takes to draw it again. */
  readonly index: number;
  readonly signal: BlowSignal;
  /** `group` is what a terminal's Ctrl-C does. */
  readonly target: 'leader' | 'group';
  /** Moment as a part of the stage's normal length. */
  readonly share: number;
  /** Its children ignore polite signals, where the stage has a say in that. */
  readonly isStubborn: boolean;
}

export interface DrawOptions {
  readonly seed: number;
  readonly stage: Stage;
  /** Moments per polite signal; a quarter as many are SIGKILLs. */
  readonly runs: number;
}

/** Moments spread over the whole stage, one drawn in each slice, so that no phase of it is left out by chance. */
export function drawBlows(options: DrawOptions): readonly Blow[] {
  const polite = [...Array(options.runs).keys()].flatMap((slice) => [
    { slice, of: options.runs, signal: 'SIGTERM' as const },
    { slice, of: options.runs, signal: 'SIGINT' as const },
  ]);
  const kills = Math.ceil(options.runs / 4);
  const deadly = [...Array(kills).keys()].map((slice) => ({
    slice,
    of: kills,
    signal: 'SIGKILL' as const,
  }));
  return [...polite, ...deadly].map(({ slice, of, signal }, index) => ({
    stage: options.stage,
    index,
    signal,
    target: draw(options, index, 'target') < 0.5 ? 'leader' : 'group',
    share: (slice + draw(options, index, 'moment')) / of,
    isStubborn: draw(options, index, 'manners') < 0.25,
  }));
}

/** In [0, 1), and the same for the same words. */
function draw({ seed, stage }: DrawOptions, index: number, purpose: string): number {
  const digest = createHash('sha256').update(`${seed} ${stage} ${index} ${purpose}`).digest();
  return digest.readUInt32BE() / 2 ** 32;
}
