import { takeCensus } from './census.ts';
import { checkGate } from './plan-gate.ts';
import { moveOn } from './plan-moves.ts';
import type { RolloutRecord } from './record.ts';
import { goalOf } from './record.ts';
import type { Scene } from './scene.ts';
import type { Decision, Situation } from './situation.ts';

/**
 * The next thing to do, and why. Pure: the same situation gives the same decision on any machine, so a rollout can be
 * taken over at any point. At most one change of the pool at a time, and none while the pool is changing.
 */
export function plan(situation: Situation): Decision {
  const record = ownedRecord(situation);
  if ('action' in record) return record;
  const scene: Scene = { ...situation, record, census: takeCensus(situation, record) };
  return (
    checkFaults(scene) ??
    checkPool(scene) ??
    checkSteady(scene) ??
    checkLease(scene) ??
    checkTemplate(scene) ??
    checkSize(scene) ??
    checkGate(scene) ??
    moveOn(scene)
  );
}

/** Ours, as the pool itself says right now; else the reason to keep our hands off it. */
function ownedRecord({ ledger, memory, me }: Situation): RolloutRecord | Decision {
  const { id } = memory.record;
  if (ledger.kind === 'unreadable') {
    return stop('stuck', `The pool's annotations cannot be read: ${ledger.why}`);
  }
  const { active, last } = ledger;
  if (active === undefined && last?.id === id) {
    return stop(last.outcome, `Rollout "${id}" is recorded as ${last.outcome}`);
  }
  if (active === undefined) {
    return stop(
      'stuck',
      `The record of rollout "${id}" has vanished from the pool: something else writes its labels (with Terraform: \`ignore_changes = [template_id, size, labels]\`)`,
    );
  }
  if (active.id === id && active.hold !== undefined && active.owner === undefined) {
    const outcome = active.hold === 'approval' ? 'awaiting-approval' : 'paused';
    return stop(outcome, `Rollout "${id}" is recorded as ${outcome}`);
  }
  if (active.id === id && active.owner === me) return active;
  const holder = active.owner === undefined ? 'nobody' : `"${active.owner}"`;
  return stop(
    'locked',
    active.id === id
      ? `The lease is now held by ${holder}, not by "${me}"`
      : `Superseded by rollout "${active.id}" to "${active.to}", held by ${holder}`,
  );
}

function stop(
  outcome: Extract<Decision['action'], { type: 'stop' }>['outcome'],
  reason: string,
): Decision {
  return { action: { type: 'stop', outcome }, reason };
}

/** One failure now and one long after, with nothing to change in between, do not make a pool that refuses. */
const FEWEST_FAULTS = 4;

function checkFaults({ memory, rules }: Scene): Decision | undefined {
  const { faults } = memory;
  if (faults === undefined || faults.count < FEWEST_FAULTS) return undefined;
  // From failure to failure: what nobody tries again says nothing of the pool as it is now.
  if (faults.lastMs - faults.sinceMs < rules.progressDeadlineMs) return undefined;
  return stop(
    'stuck',
    `No change of the pool has succeeded for ${rules.progressDeadlineMs} ms (${faults.count} failed): ${faults.last}`,
  );
}

function checkPool({ observation }: Scene): Decision | undefined {
  if (observation.status !== 'refused') return undefined;
  return stop('stuck', `The pool does not accept changes any more: ${observation.statusDetail}`);
}

/** At rest means: no operation under way, and no more members than the size says. */
function checkSteady(scene: Scene): Decision | undefined {
  const { census, observation, memory, rules, now } = scene;
  if (observation.status === 'steady' && census.present <= observation.size) return undefined;
  const deadlineMs = memory.progressMs + rules.progressDeadlineMs;
  if (now.ms >= deadlineMs) {
    return stop(
      'stuck',
      `The pool has not come to rest within ${rules.progressDeadlineMs} ms: ${observation.statusDetail}`,
    );
  }
  return {
    action: { type: 'wait' },
    reason: `Wait for the pool: ${observation.statusDetail}`,
    deadlineMs,
  };
}

/** Renewed at half time; an expired lease that nobody took is still ours, and is renewed before anything else. */
function checkLease({ record, me, rules, now }: Scene): Decision | undefined {
  const leftMs = (record.until?.getTime() ?? 0) - now.at.getTime();
  if (leftMs > rules.leaseMs / 2) return undefined;
  const until = new Date(now.at.getTime() + rules.leaseMs);
  return {
    action: { type: 'renew', record: { ...record, owner: me, until } },
    reason: `Renew the lease: less than half of ${rules.leaseMs} ms is left`,
  };
}

function checkTemplate({ record, observation }: Scene): Decision | undefined {
  const goal = goalOf(record);
  if (observation.template === goal) return undefined;
  return stop(
    'stuck',
    `Somebody else set the pool's template to "${observation.template}" instead of "${goal}" (with Terraform: \`ignore_changes = [template_id, size, labels]\`)`,
  );
}

/**
 * A size that none of our calls explains is somebody else's wish. A larger one is wanted on top of the surge; a smaller
 * one never lowers the wanted size below itself, because whoever "repairs" a doubled pool means its normal size.
 */
function checkSize(scene: Scene): Decision | undefined {
  const { record, observation, memory, rules } = scene;
  const { sizes } = memory;
  const { size } = observation;
  if (sizes === undefined || (size >= sizes.low && size <= sizes.high)) return undefined;
  const before = size > sizes.high ? sizes.high : sizes.low;
  const what = `Somebody else resized the pool from ${before} to ${size}`;
  if (rules.onExternalResize === 'pause') {
    return hold({ ...record, hold: 'paused' }, what);
  }
  const wanted = size > before ? record.size + size - before : Math.min(record.size, size);
  return {
    action: { type: 'adopt', record: { ...record, size: wanted } },
    reason: `${what}: ${wanted} members are wanted now instead of ${record.size}`,
  };
}

function hold(record: RolloutRecord, reason: string): Decision {
  return { action: { type: 'hold', record }, reason };
}
