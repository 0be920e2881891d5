import { z } from 'zod';
import { type Amount, amountFromOne, durationOrZero, wholeNumber } from './scalars.ts';
import { inMilliseconds } from './shapes.ts';

/** How many members are replaced at a time, and what is waited for in between. */
export type StrategyConfig =
  /** `double` when the quota allows it, else `exponential`. */
  | { readonly kind: 'auto' }
  | WaveConfig
  | {
      readonly kind: 'canary';
      readonly count: Amount;
      /** `manual`: the command ends with exit code 16 until somebody approves. */
      readonly approval: 'manual' | 'automatic';
      /** How long the canaries must last, once proved. */
      readonly bakeTimeMs: number;
      /** What follows; absent: as `auto`. */
      readonly followedBy?: WaveConfig | undefined;
    };

type WaveConfig =
  | { readonly kind: 'double'; readonly proveFirst: boolean }
  | { readonly kind: 'exponential'; readonly first: number }
  | { readonly kind: 'batch'; readonly size: Amount; readonly proveFirst: boolean }
  | { readonly kind: 'one-by-one' };

export type StrategyKind = StrategyConfig['kind'];

const proveFirst = z
  .boolean()
  .describe(
    '`double` (default false), `batch` (default true): one member must pass before more come',
  );

const waves = [
  z.strictObject({
    kind: z.literal('double').describe('`double`: all at once, beside the old ones'),
    proveFirst: proveFirst.prefault(false),
  }),
  z.strictObject({
    kind: z.literal('exponential').describe('`exponential`: waves that double'),
    first: wholeNumber(1, 1000).prefault(1).describe('`exponential`: members of the first wave'),
  }),
  z.strictObject({
    kind: z.literal('batch').describe('`batch`: waves of one size'),
    size: amountFromOne
      .prefault('25%')
      .describe('`batch`: members of a wave; a share is rounded up'),
    proveFirst: proveFirst.prefault(true),
  }),
  z.strictObject({ kind: z.literal('one-by-one').describe('`one-by-one`: waves of one') }),
] as const;

const canary = z
  .strictObject({
    kind: z.literal('canary').describe('`canary`: a few first, then the others'),
    count: amountFromOne.prefault(1).describe('`canary`: members that go first'),
    approval: z
      .enum(['manual', 'automatic'])
      .prefault('manual')
      .describe(
        '`canary`: `manual` ends the command with exit code 16 once the canaries have passed',
      ),
    bakeTime: durationOrZero.prefault('0s').describe('`canary`: how long the canaries must last'),
    followedBy: z
      .discriminatedUnion('kind', waves)
      .optional()
      .describe('`canary`: the strategy for the others; default: as `auto`'),
  })
  .transform((strategy) => inMilliseconds(strategy, 'bakeTime'));

export const strategySchema: z.ZodType<StrategyConfig, { readonly kind: StrategyKind }> =
  z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z
        .literal('auto')
        .describe('`auto`: `double` when the quota allows it, else `exponential`'),
    }),
    ...waves,
    canary,
  ]);
