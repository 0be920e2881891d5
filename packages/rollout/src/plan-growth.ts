import { strategyNow } from './plan-canary.ts';
import { fallBack, goalPresent, hold, isPendingAwaited } from './plan-gate.ts';
import { needsRoom, retire } from './plan-retire.ts';
import { awaitDeparture, stuck } from './plan-waits.ts';
import type { Scene } from './scene.ts';
import type { Decision } from './situation.ts';
import { waveCeiling } from './strategy.ts';

/** The next wave, as much of it as surge and capacity allow. */
export function grow(scene: Scene): Decision | undefined {
  const { census, observation, memory } = scene;
  const present = goalPresent(scene);
  if (present >= census.wanted) return undefined;
  const room = census.size + census.surge - census.total;
  // Asking is a call: not worth it while nothing may be created anyway.
  const mayGrow = wantNow(scene, present) > 0 && room > 0;
  if (mayGrow && scene.canMeasure && memory.capacity === 'unread') {
    return {
      action: { type: 'measure' },
      reason: `Ask how many of ${census.wanted - present} more members are granted`,
    };
  }
  const want = wantNow(scene, present);
  if (want <= 0) return undefined;
  const granted = Math.min(want, Math.max(0, room), grantedCapacity(scene));
  if (granted < want) {
    const instead = makeRoom(scene, want - granted, granted);
    if (instead !== undefined) return instead;
  }
  if (granted === 0) return undefined;
  return {
    action: { type: 'grow', size: observation.size + granted },
    reason: `Grow by ${granted}: ${present} of ${census.wanted} are on "${census.goalTemplate}", ${want} wanted now, room for ${room} within surge ${census.surge}, capacity ${capacityWord(scene)}`,
  };
}

/** Growth was cut short: what may go, goes first, so that a whole wave fits. */
function makeRoom(scene: Scene, missing: number, granted: number): Decision | undefined {
  if (scene.census.unproven.length > 0 || isPendingAwaited(scene)) return undefined;
  const room = retire(scene, missing) ?? awaitDeparture(scene);
  if (room !== undefined || granted > 0) return room;
  return needsRoom(scene) ?? starve(scene);
}

/** Nothing is granted and nothing may go. Before anything was replaced, back out; later, wait, then ask a person. */
function starve(scene: Scene): Decision {
  const { census, memory, rules, now } = scene;
  const shortage = `Nothing more is granted (capacity ${capacityWord(scene)}, surge ${census.surge}) and none of ${census.serving} serving members may go: ${census.floor} must serve`;
  if (census.isRollback) return stuck(shortage);
  const hasBegun = census.proven > 0;
  // What is not known to serve may turn out to fail, and then it may go.
  const isOpen = census.candidates.some(({ standing }) => standing === 'uncertain');
  const deadlineMs = memory.progressMs + rules.progressDeadlineMs;
  if ((hasBegun || isOpen) && now.ms < deadlineMs) {
    return { action: { type: 'wait', isShortage: true }, reason: shortage, deadlineMs };
  }
  return hasBegun ? hold(scene, shortage) : fallBack(scene, shortage);
}

/** However many are missing, no more than surge and unavailability allow run a version that is not proved. */
function wantNow(scene: Scene, present: number): number {
  const { isRollback, surge, unavailable } = scene.census;
  const want = ceilingOf(scene, present) - present;
  return isRollback ? want : Math.min(want, surge + unavailable);
}

/** The way back needs no waves: that version has been proved before. */
function ceilingOf(scene: Scene, present: number): number {
  const { census, memory } = scene;
  if (census.isRollback) return census.wanted;
  return waveCeiling({
    strategy: strategyNow(scene),
    wanted: census.wanted,
    present,
    proven: census.proven,
    capacity: typeof memory.capacity === 'number' ? memory.capacity : undefined,
  });
}

/** What the pool still owes comes out of the same capacity. */
function grantedCapacity({ memory, census }: Scene): number {
  const capacity =
    typeof memory.capacity === 'number'
      ? memory.capacity - census.pending
      : Number.POSITIVE_INFINITY;
  return Math.max(0, Math.min(capacity, memory.grantLimit ?? Number.POSITIVE_INFINITY));
}

function capacityWord(scene: Scene): string {
  const capacity = grantedCapacity(scene);
  return capacity === Number.POSITIVE_INFINITY ? 'not limited' : String(capacity);
}
