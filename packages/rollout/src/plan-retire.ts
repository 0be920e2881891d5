import type { Candidate, Census } from './census.ts';
import { drainWindowMs } from './drain-window.ts';
import { hold } from './plan-gate.ts';
import type { Scene } from './scene.ts';
import type { Decision } from './situation.ts';

/**
 * Evicts what may go, after draining what may still be in use: all of the surplus beyond the wanted size, and of what
 * `maxUnavailable` allows only what is `needed`.
 */
export function retire(scene: Scene, needed: number): Decision | undefined {
  const { census } = scene;
  const surplus = pickVictims(census, census.size, false);
  const borrowed = pickVictims(census, census.floor, false);
  const victims =
    surplus.length >= needed ? surplus : borrowed.slice(0, Math.max(surplus.length, needed));
  const floor = surplus.length >= needed ? census.size : census.floor;
  return remove(scene, victims, arithmetic(census, victims, floor));
}

/**
 * On the way back the members that fail go at once, because they take traffic and answer it badly; and with them those
 * of their kind that are not missed, so that they do not serve for one more drain window.
 */
export function retireFailing(scene: Scene): Decision | undefined {
  const { census } = scene;
  if (!census.isRollback) return undefined;
  const failing = pickVictims(census, census.floor, true).filter(
    ({ standing }) => standing === 'failing',
  );
  if (failing.length === 0) return undefined;
  const spare = pickVictims(census, census.size, true);
  const victims = spare.length > failing.length ? spare : failing;
  return remove(scene, victims, `they fail, ${arithmetic(census, victims, census.floor)}`);
}

/** Neither surge nor capacity: one failing member makes room, because that costs no service. */
export function needsRoom(scene: Scene): Decision | undefined {
  const victims = scene.census.candidates
    .filter(({ standing }) => standing === 'failing')
    .slice(0, 1);
  return remove(
    scene,
    victims,
    'it does not serve, and nothing can be created before something goes',
  );
}

/**
 * The longest run of candidates that leaves `floor` members present and serving. With `isFailingFree`, members that fail
 * may go even while fewer than `floor` serve: their removal takes nothing away.
 */
function pickVictims(census: Census, floor: number, isFailingFree: boolean): readonly Candidate[] {
  const victims: Candidate[] = [];
  let serving = census.serving;
  for (const candidate of census.candidates) {
    const after = serving - (candidate.standing === 'serving' ? 1 : 0);
    const isFree = isFailingFree && candidate.standing === 'failing';
    if (census.present - victims.length - 1 < floor) break;
    if (after < floor && !isFree) break;
    victims.push(candidate);
    serving = after;
  }
  return victims;
}

function arithmetic(census: Census, victims: readonly Candidate[], floor: number): string {
  const serving = victims.filter(({ standing }) => standing === 'serving').length;
  return `${census.present} present - ${victims.length} and ${census.serving} serving - ${serving} leave at least ${floor}`;
}

function remove(scene: Scene, victims: readonly Candidate[], why: string): Decision | undefined {
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
