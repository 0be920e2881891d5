import type { Candidate } from './census.ts';
import { drainWindowMs } from './drain-window.ts';
import { hold } from './plan-gate.ts';
import type { Scene } from './scene.ts';
import type { Decision } from './situation.ts';

/** One step towards evicting the victims: drained, waited for, drained again if need be, then evicted. */
export function remove(
  scene: Scene,
  victims: readonly Candidate[],
  why: string,
): Decision | undefined {
  if (victims.length === 0) return undefined;
  const inUse = scene.canDrain ? victims.filter(({ needsDrain }) => needsDrain) : [];
  if (inUse.length > 0) {
    return {
      action: { type: 'drain', ids: inUse.map(({ member }) => member.id) },
      reason: `Drain ${inUse.length} before evicting ${victims.length} of ${scene.census.candidates.length}: ${why}`,
    };
  }
  return (
    awaitDrain(scene, victims) ??
    drainAgain(scene, victims) ??
    awaitStop(scene, victims) ??
    evict(
      scene,
      victims.filter((victim) => mayGo(scene, victim)),
      why,
    )
  );
}

/** What has switched itself off answers nobody any more: to leave it there only invites the pool to replace it. */
function awaitDrain(
  { memory, observation, rules, now }: Scene,
  victims: readonly Candidate[],
): Decision | undefined {
  const started = victims
    .filter(({ member }) => member.state !== 'stopped')
    .map(({ member }) => memory.drained.get(member.id))
    .filter((ms) => ms !== undefined);
  if (started.length === 0) return undefined;
  const windowMs = drainWindowMs(observation.balancers, rules.drain);
  const untilMs = Math.max(...started) + windowMs;
  if (now.ms >= untilMs) return undefined;
  return {
    action: { type: 'wait', untilMs, isPatient: true },
    reason: `Wait out the drain of ${started.length}: ${windowMs} ms until no balancer sends to them and what is under way is answered`,
  };
}

const MOST_DRAIN_ORDERS = 3;

/** After the whole window a balancer still sends to it: the order came to nothing, or its effect is late. */
function drainAgain(scene: Scene, victims: readonly Candidate[]): Decision | undefined {
  const { memory, rules, observation } = scene;
  const inUse = victims.filter(
    ({ member, isDrained }) =>
      isDrained && member.state === 'running' && member.verdict === 'healthy',
  );
  if (inUse.length === 0 || observation.balancers.length === 0) return undefined;
  const ids = inUse.map(({ member }) => member.id);
  const orders = Math.max(...ids.map((id) => memory.drainOrders.get(id) ?? 0));
  if (orders < MOST_DRAIN_ORDERS) {
    const reason = `Drain ${ids.length} again: balancers still send to them after the window`;
    return { action: { type: 'drain', ids }, reason };
  }
  if (rules.drain.onFailure === 'continue') return undefined;
  return hold(
    scene,
    `Balancers still send to "${ids.join('", "')}" after ${orders} drains: its health does not fail when it is told to drain`,
  );
}

/** Where a pool refuses to evict what is still stopping, that is waited for; the others go meanwhile. */
function awaitStop(scene: Scene, victims: readonly Candidate[]): Decision | undefined {
  const { memory, rules } = scene;
  if (victims.some((victim) => mayGo(scene, victim))) return undefined;
  return {
    action: { type: 'wait' },
    reason: `Wait until ${victims.length} that are stopping have stopped: the pool refuses to evict them before`,
    deadlineMs: memory.progressMs + rules.progressDeadlineMs,
  };
}

/** Past the deadline it is tried all the same, and what the pool says then is the outcome. */
function mayGo({ memory, rules, now }: Scene, { member }: Candidate): boolean {
  const isLate = now.ms >= memory.progressMs + rules.progressDeadlineMs;
  return !memory.awaitsStop || member.state !== 'stopping' || isLate;
}

function evict({ census }: Scene, victims: readonly Candidate[], why: string): Decision {
  const ids = victims.map(({ member }) => member.id);
  return {
    action: { type: 'evict', ids },
    reason: `Evict ${ids.length} of ${census.candidates.length} that are not wanted: ${why}`,
  };
}
