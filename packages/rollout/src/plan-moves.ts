import { bake, passCanary } from './plan-canary.ts';
import { grow } from './plan-growth.ts';
import { retire, retireFailing } from './plan-retire.ts';
import { awaitDeparture, awaitProof, stuck } from './plan-waits.ts';
import type { Scene } from './scene.ts';
import type { Decision } from './situation.ts';

/** One step towards the goal. Growing comes first: the old ones are the way back, so they stay while there is room. */
export function moveOn(scene: Scene): Decision {
  return (
    retireFailing(scene) ??
    grow(scene) ??
    awaitProof(scene) ??
    passCanary(scene) ??
    bake(scene) ??
    retire(scene, scene.census.candidates.length) ??
    awaitDeparture(scene) ??
    finish(scene)
  );
}

function finish({ record, census, observation, memory, rules, now }: Scene): Decision {
  const isWhole = census.candidates.length === 0 && observation.size === census.size;
  const deadlineMs = memory.progressMs + rules.progressDeadlineMs;
  if (!isWhole) {
    const what = `${census.candidates.length} members are still to go and the size is ${observation.size} instead of ${census.size}, but only ${census.serving} serve`;
    return now.ms < deadlineMs
      ? { action: { type: 'wait' }, reason: what, deadlineMs }
      : stuck(what);
  }
  const outcome = census.isRollback ? 'rolled-back' : 'completed';
  return {
    action: { type: 'finish', last: { outcome, id: record.id, from: record.from, to: record.to } },
    reason: `All ${census.proven} of ${census.wanted} members on "${census.goalTemplate}" are proved, nothing is left over`,
  };
}
