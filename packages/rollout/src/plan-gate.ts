import type { Member } from './pool.ts';
import type { Scene } from './scene.ts';
import type { Decision } from './situation.ts';

/** Whether the new version has had its chance. */
export function checkGate(scene: Scene): Decision | undefined {
  const { census, memory, rules, now } = scene;
  if (memory.refusal !== undefined) return fail(scene, memory.refusal);
  if (memory.drainFailure !== undefined) {
    return hold(scene, `A member could not be drained: ${memory.drainFailure}`);
  }
  const late = census.unproven.find((member) => now.ms >= deadlineOf(scene, member));
  if (late !== undefined) {
    return fail(
      scene,
      `Member "${late.id}" was not proved within ${rules.gate.healthyDeadlineMs} ms: ${lastWord(scene, late)}`,
    );
  }
  const flapper = census.unproven.find(
    ({ id }) => (scene.health.get(id)?.flaps ?? 0) >= rules.gate.maxFlaps,
  );
  if (flapper !== undefined && !census.isRollback) {
    return fail(
      scene,
      `Member "${flapper.id}" lost its proof ${rules.gate.maxFlaps} times: ${lastWord(scene, flapper)}`,
    );
  }
  const exposed = census.unproven.find(
    ({ id }) => (scene.health.get(id)?.exposedFailures ?? 0) >= rules.gate.maxFailures,
  );
  if (exposed !== undefined && !census.isRollback) {
    return fail(
      scene,
      `Member "${exposed.id}" answers clients and has failed ${rules.gate.maxFailures} probes in a row: ${lastWord(scene, exposed)}`,
    );
  }
  const isWaiting = census.unproven.length > 0 || isPendingAwaited(scene);
  if (!isWaiting) return undefined;
  if (isPendingAwaited(scene) && now.ms >= pendingDeadlineOf(scene)) {
    return fail(
      scene,
      `${census.pending} members did not appear within ${rules.gate.healthyDeadlineMs} ms`,
    );
  }
  if (now.ms >= memory.progressMs + rules.progressDeadlineMs) {
    return fail(
      scene,
      `No progress within ${rules.progressDeadlineMs} ms: ${census.proven} of ${census.wanted} proved`,
    );
  }
  return undefined;
}

/** From the step's start, or from when the pool was first seen to lack members, as after a death in the middle of a step. */
export function pendingDeadlineOf({ memory, rules }: Scene): number {
  const { stepStartedMs, pendingSinceMs = stepStartedMs } = memory;
  return Math.max(stepStartedMs, pendingSinceMs) + rules.gate.healthyDeadlineMs;
}

/** From the step's start, or from when it was first seen or last flapped, whichever is later. */
export function deadlineOf({ health, memory, rules, now }: Scene, { id }: Member): number {
  const since = health.get(id)?.unprovenSinceMs ?? now.ms;
  return Math.max(since, memory.stepStartedMs) + rules.gate.healthyDeadlineMs;
}

/** Promised members are waited for, unless the cloud has said that it has no more to give. */
export function isPendingAwaited({ census, memory }: Scene): boolean {
  return census.pending > 0 && memory.grantLimit === undefined;
}

function lastWord({ health, observation }: Scene, { id }: Member): string {
  const member = observation.members.find((candidate) => candidate.id === id);
  const known = health.get(id);
  return `it is ${member?.state ?? 'gone'}, the balancer says ${member?.verdict ?? 'nothing'}, the probe says ${known?.detail ?? 'nothing'}`;
}

/** The way back when there is one and it is wanted, else a pause; on the way back already: a person. */
function fail(scene: Scene, reason: string): Decision {
  const { rules, census } = scene;
  if (census.isRollback) {
    return { action: { type: 'stop', outcome: 'stuck' }, reason: `The rollback failed: ${reason}` };
  }
  return rules.autoRollback ? fallBack(scene, reason) : hold(scene, reason);
}

/** The template goes first: from then on whatever the pool creates by itself is the old version again. */
export function fallBack(scene: Scene, reason: string): Decision {
  const { record } = scene;
  if (record.from === record.to)
    return hold(scene, `${reason} (there is no other template to go back to)`);
  return {
    action: { type: 'revert', record: { ...record, phase: 'rolling-back' } },
    reason: `Roll back to "${record.from}": ${reason}`,
  };
}

export function hold(
  { record }: Scene,
  reason: string,
  kind: 'paused' | 'approval' = 'paused',
): Decision {
  return { action: { type: 'hold', record: { ...record, hold: kind } }, reason };
}

/** Members of the goal that are there, or promised. */
export function goalPresent(scene: Scene): number {
  const { census } = scene;
  const promised = isPendingAwaited(scene) ? census.pending : 0;
  return census.proven + census.unproven.length + promised;
}
