import type { Observation, Pool } from '@exoship/rollout';
import type { Sabotage } from './controller.ts';
import type { Death } from './mortal.ts';
import { quiet, type Scenario } from './scenario.ts';
import type { Invariant } from './tally.ts';

/** A bug on purpose, and the invariants that must notice it. */
export interface Mutation {
  readonly name: string;
  readonly breaks: readonly Invariant[];
  readonly scenario: Scenario;
  readonly sabotage: Sabotage;
  /** Controllers that are killed on the way. */
  readonly deaths?: readonly Death[] | undefined;
}

export const base: Scenario = {
  ...quiet,
  seed: 'mutation',
  size: 3,
  quota: 8,
  strategy: { kind: 'double' },
};
export const oneByOne: Scenario = { ...base, strategy: { kind: 'one-by-one' } };

/** Replaces some of the pool's methods by worse ones. */
export function worsen(change: (pool: Required<Pool>) => Partial<Required<Pool>>): Sabotage {
  return { pool: (pool) => ({ ...pool, ...change(pool) }) };
}

/** Shows the engine another pool than there is. */
export function lie(change: (seen: Observation) => Observation): Sabotage {
  return worsen((pool) => ({ observe: async (options) => change(await pool.observe(options)) }));
}
