import { countReady, type Estimates, imagine, imagineHealth, type World } from './imagine.ts';
import { startMemory } from './memory.ts';
import { plan } from './plan.ts';
import type { Observation } from './pool.ts';
import { goalOf, type RolloutRecord } from './record.ts';
import type { Decision, Rules } from './situation.ts';

export interface Prediction {
  /** Every decision but the looking, in order. */
  readonly steps: readonly { readonly atMs: number; readonly decision: Decision }[];
  readonly peak: number;
  readonly minServing: number;
  readonly wallMs: number;
}

/** More decisions than any rollout takes: whatever gets here goes round in circles. */
const ENOUGH = 10_000;
const ME = 'planner';

/** Plays the planner against a pool in which everything goes well. The same decisions, so the same plan. */
export function predict(
  rules: Rules,
  record: RolloutRecord,
  observation: Observation,
  pool: { readonly canDrain: boolean; readonly capacity: number | undefined },
  estimates: Estimates,
): Prediction {
  const owned = { ...record, owner: ME, until: new Date(8.64e15), settledSize: undefined };
  const begun = { ...observation, template: goalOf(record) };
  let world: World = {
    observation: begun,
    memory: startMemory(owned, begun, 0),
    nowMs: 0,
    capacity: pool.capacity ?? Number.POSITIVE_INFINITY,
    created: new Map(),
  };
  const steps: { readonly atMs: number; readonly decision: Decision }[] = [];
  let peak = 0;
  let minServing = Number.POSITIVE_INFINITY;
  for (let count = 0; count < ENOUGH; count += 1) {
    const decision = plan({
      rules,
      canDrain: pool.canDrain,
      canMeasure: pool.capacity !== undefined,
      me: ME,
      ledger: { kind: 'readable', active: owned, last: undefined, rest: {} },
      observation: world.observation,
      health: imagineHealth(world, rules, estimates),
      memory: world.memory,
      now: { at: new Date(0), ms: world.nowMs },
    });
    peak = Math.max(peak, world.observation.members.length);
    minServing = Math.min(minServing, countReady(world, estimates));
    const { type } = decision.action;
    if (type !== 'measure') steps.push({ atMs: world.nowMs, decision });
    if (type === 'finish' || type === 'hold' || type === 'stop' || type === 'revert') break;
    world = imagine(world, decision, rules, estimates);
  }
  return { steps, peak, minServing, wallMs: world.nowMs };
}
