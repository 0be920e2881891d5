import { createHash } from 'node:crypto';
import type { Stage } from './options.ts';

export type BlowSignal = 'SIGTERM' | 'SIGINT' | 'SIGKILL';

/**
 * `share`: a part of the stage's normal length · `call` and `answer`: a request to Vault that has come, an answer that
 * is about to go · `event`: a change in the cloud, before whoever asked for it has heard of it. Numbers start at 1.
 */
export type Moment =
  | { readonly kind: 'share'; readonly share: number }
  | { readonly kind: 'call' | 'answer' | 'event'; readonly number: number };

/** One signal at one moment of one stage. */
export interface Blow {
  readonly stage: Stage;
  /** With the seed, all it takes to draw it again. */
  readonly index: number;
  readonly signal: BlowSignal;
  /** `group` is what a terminal's Ctrl-C does. */
  readonly target: 'leader' | 'group';
  readonly moment: Moment;
  /** Its children ignore polite signals, where the stage has a say in that. */
  readonly isStubborn: boolean;
}

export interface DrawOptions {
  readonly seed: number;
  readonly stage: Stage;
  /** Moments per polite signal; a quarter as many are SIGKILLs. */
  readonly runs: number;
}

/** How many of each happen in a stage that nobody disturbs. */
const happenings: Readonly<Record<Stage, Readonly<Partial<Record<Moment['kind'], number>>>>> = {
  build: { event: 7 },
  test: { event: 6 },
  exec: { call: 7, answer: 7 },
  deploy: { event: 8 },
};

type Plain = Pick<Blow, 'signal' | 'moment'>;

/**
 * Drawn moments, one in each slice of the stage, so that no phase of it is left out by chance; then the moments that
 * time hardly ever hits, each of them once.
 */
export function drawBlows(options: DrawOptions): readonly Blow[] {
  const { stage, runs } = options;
  const plain = [
    ...slices(runs).flatMap((slice) => [slice('SIGTERM'), slice('SIGINT')]),
    ...slices(Math.ceil(runs / 4)).map((slice) => slice('SIGKILL')),
  ].map(({ signal, at, of }, index): Plain => {
    const share = (at + draw(options, index, 'moment')) / of;
    return { signal, moment: { kind: 'share', share } };
  });
  return [...plain, ...atHappenings(stage)].map((blow, index) => ({
    ...blow,
    stage,
    index,
    target: draw(options, index, 'target') < 0.5 ? 'leader' : 'group',
    isStubborn: draw(options, index, 'manners') < 0.25,
  }));
}

function slices(
  of: number,
): readonly ((signal: BlowSignal) => { signal: BlowSignal; at: number; of: number })[] {
  return [...Array(of).keys()].map((at) => (signal: BlowSignal) => ({ signal, at, of }));
}

function atHappenings(stage: Stage): readonly Plain[] {
  return Object.entries(happenings[stage]).flatMap(([kind, times]) =>
    [...Array(times).keys()].map((at) => ({
      signal: at % 2 === 0 ? ('SIGTERM' as const) : ('SIGINT' as const),
      moment: { kind: kind as 'call' | 'answer' | 'event', number: at + 1 },
    })),
  );
}

/** In [0, 1), and the same for the same words. */
function draw({ seed, stage }: DrawOptions, index: number, purpose: string): number {
  const digest = createHash('sha256').update(`${seed} ${stage} ${index} ${purpose}`).digest();
  return digest.readUInt32BE() / 2 ** 32;
}
