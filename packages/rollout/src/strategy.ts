import { type Amount, resolveAmount } from './fenceposts.ts';

/**
 * How many members of the target may exist before how many of them are proved.
 *
 * What each exposes to a bad version, out of N: `double` N (half the connections) · `exponential` `first`, then waves that
 * double · `batch` one, then `size` at a time · `one-by-one` one · `canary` `count`, out of N + `count`.
 */
export type Strategy =
  | {
      readonly kind: 'double';
      /** Prove one member before the others are created. @default false */
      readonly proveFirst?: boolean | undefined;
    }
  | {
      readonly kind: 'exponential';
      /** Members of the first wave. @default 1 */
      readonly first?: number | undefined;
    }
  | {
      readonly kind: 'batch';
      /** Members of a wave; a share rounds up. @default '25%' */
      readonly size?: Amount | undefined;
      /** Prove one member before the first whole batch. @default true */
      readonly proveFirst?: boolean | undefined;
    }
  | { readonly kind: 'one-by-one' }
  | {
      readonly kind: 'canary';
      /** Members that are tried first, beside all the old ones. @default 1 */
      readonly count?: Amount | undefined;
      /** `manual`: ends with `awaiting-approval` once the canaries are proved and baked. @default 'manual' */
      readonly approval?: 'manual' | 'automatic' | undefined;
      /** How long the proved canaries must last. @default 0 */
      readonly bakeTimeMs?: number | undefined;
      /** What follows the canary. @default `double` when the capacity allows, else `exponential` */
      readonly rest?: Exclude<Strategy, { kind: 'canary' }> | undefined;
    };

/** `auto` is what an absent strategy means: everything that is left at once when that is granted, else exponential. */
export type ResolvedStrategy = Strategy | { readonly kind: 'auto' };

export interface WaveState {
  readonly strategy: ResolvedStrategy;
  /** Members of the target that are wanted in the end. */
  readonly wanted: number;
  /** Members of the target that exist or are on their way. */
  readonly present: number;
  readonly proven: number;
  /** Members that may still be created; `undefined` when nobody knows. */
  readonly capacity: number | undefined;
}

/** The number of members of the target that may exist now. Never less than exist already. */
export function waveCeiling(state: WaveState): number {
  const { wanted, present } = state;
  return Math.max(present, Math.min(wanted, rawCeiling(state)));
}

function rawCeiling(state: WaveState): number {
  const { strategy, wanted, present, proven, capacity } = state;
  // A wave is proved as a whole before the next one starts.
  if (present > proven) return present;
  if (strategy.kind === 'auto') {
    const isGranted = capacity === undefined || capacity >= wanted - present;
    return rawCeiling({ ...state, strategy: { kind: isGranted ? 'double' : 'exponential' } });
  }
  if (strategy.kind === 'double') return strategy.proveFirst && proven === 0 ? 1 : wanted;
  if (strategy.kind === 'canary') return canaryCount(strategy, wanted);
  if (strategy.kind === 'one-by-one') return proven + 1;
  if (strategy.kind === 'exponential') return proven * 2 + (strategy.first ?? 1);
  const isFirst = proven === 0 && (strategy.proveFirst ?? true);
  return isFirst
    ? 1
    : proven + Math.max(1, resolveAmount(strategy.size ?? '25%', wanted, Math.ceil));
}

export function canaryCount(
  strategy: Extract<Strategy, { kind: 'canary' }>,
  wanted: number,
): number {
  return Math.max(1, resolveAmount(strategy.count ?? 1, wanted, Math.ceil));
}

/** The surge that lets a strategy do what it is named for. */
export function defaultSurge(strategy: ResolvedStrategy): Amount {
  if (strategy.kind === 'one-by-one') return 1;
  if (strategy.kind === 'batch') return strategy.size ?? '25%';
  return '100%';
}
