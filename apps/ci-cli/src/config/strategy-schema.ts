import { z } from 'zod';
import { type Amount, amount, duration, wholeNumber } from './scalars.ts';
import { inMilliseconds } from './shapes.ts';

/** How many members are replaced at a time, and what is waited for in between. */
export type StrategyConfig =
  /** `double` when the quota allows it, else `exponential`. */
  | { readonly kind: 'auto' }
  | { readonly kind: 'double' }
  | { readonly kind: 'exponential' }
  | { readonly kind: 'batch'; readonly size: Amount }
  | { readonly kind: 'one-by-one' }
  | {
      readonly kind: 'canary';
      readonly count: number;
      /** `manual`: the command ends with exit code 16 until somebody approves. */
      readonly approval: 'manual' | 'automatic';
      /** How long an `automatic` approval watches the canaries first. */
      readonly bakeMs: number;
    };

export type StrategyKind = StrategyConfig['kind'];

const kind = <const K extends StrategyKind>(value: K) => z.literal(value);

export const strategySchema: z.ZodType<StrategyConfig, { readonly kind: StrategyKind }> =
  z.discriminatedUnion('kind', [
    z.strictObject({
      kind: kind('auto').describe('One of auto, double, exponential, batch, one-by-one, canary'),
    }),
    z.strictObject({ kind: kind('double') }),
    z.strictObject({ kind: kind('exponential') }),
    z.strictObject({
      kind: kind('batch'),
      size: amount.prefault('25%').describe('`batch`: members replaced at a time'),
    }),
    z.strictObject({ kind: kind('one-by-one') }),
    z
      .strictObject({
        kind: kind('canary'),
        count: wholeNumber(1, 1000)
          .prefault(1)
          .describe('`canary`: members that try the new template'),
        approval: z
          .enum(['manual', 'automatic'])
          .prefault('manual')
          .describe(
            '`canary`: who lets the rest follow; `manual` ends the command with exit code 16',
          ),
        bake: duration.prefault('5m').describe('`canary`, `automatic`: how long they are watched'),
      })
      .transform((canary) => inMilliseconds(canary, 'bake')),
  ]) as z.ZodType<StrategyConfig, { readonly kind: StrategyKind }>;
