import type { Annotations, MutationCall, Observation } from '@exoship/rollout';
import { readRollout } from '@exoship/rollout';
import type { World } from '../../simulation/world.ts';
import type { Scenario } from './scenario.ts';
import type { Tally } from './tally.ts';
import type { Witness } from './witness.ts';

/** One change of the pool, at the moment it is sent. */
export interface Deed {
  readonly call: MutationCall;
  readonly ids?: readonly string[];
  readonly size?: number;
  readonly template?: string;
  readonly annotations?: Annotations;
}

/** What the checks of a deed rest on. */
export interface Court {
  readonly world: World;
  readonly scenario: Scenario;
  readonly tally: Tally;
  readonly witness: Witness;
  readonly deed: Deed;
  /** Members that any controller has proved, ever. */
  readonly provedEver: ReadonlySet<string>;
}

/** What the pool's annotations say that the rollout under way wants. */
export interface Wish {
  readonly goal: string;
  readonly size: number;
  readonly isRollback: boolean;
}

export function wishOf(seen: Observation): Wish {
  const { active } = readRollout(seen);
  if (active === undefined) return { goal: seen.template, size: seen.size, isRollback: false };
  const isRollback = active.phase === 'rolling-back';
  return { goal: isRollback ? active.from : active.to, size: active.size, isRollback };
}

export function describe({ call, ids, size, template }: Deed): string {
  return `${call} ${JSON.stringify({ ids, size, template })}`;
}
