import { type Health, isAdmitted, type MemberHealth } from './health.ts';
import { afterChange, beforeResize, type Memory } from './memory.ts';
import type { Member, Observation } from './pool.ts';
import type { Decision, Rules } from './situation.ts';

export interface Estimates {
  /** From creation to being in the rotation. */
  readonly bootMs: number;
  /** One change of the pool, until it is at rest again. */
  readonly changeMs: number;
}

/** A pool in which everything goes well. */
export interface World {
  readonly observation: Observation;
  readonly memory: Memory;
  readonly nowMs: number;
  readonly capacity: number;
  readonly created: ReadonlyMap<string, number>;
}

/** The world after a decision was carried out. */
export function imagine(
  world: World,
  { action }: Decision,
  rules: Rules,
  estimates: Estimates,
): World {
  const { observation, memory, nowMs } = world;
  const { size, members } = observation;
  const laterMs = nowMs + estimates.changeMs;
  switch (action.type) {
    case 'measure':
      return { ...world, memory: { ...memory, capacity: world.capacity } };
    case 'grow': {
      const more = Array.from({ length: action.size - size }, (_, index) =>
        imagineMember(observation, world.created.size + index),
      );
      return {
        observation: { ...observation, size: action.size, members: [...members, ...more] },
        memory: afterChange(beforeResize(memory, size, action.size), laterMs),
        nowMs: laterMs,
        capacity: world.capacity - more.length,
        created: new Map([...world.created, ...more.map(({ id }) => [id, laterMs] as const)]),
      };
    }
    case 'drain': {
      const drained = new Map([...memory.drained, ...action.ids.map((id) => [id, nowMs] as const)]);
      const verdict: Member['verdict'] = observation.balancers.length > 0 ? 'unhealthy' : 'none';
      const left = members.map((one) => (drained.has(one.id) ? { ...one, verdict } : one));
      return {
        ...world,
        observation: { ...observation, members: left },
        memory: { ...memory, drained },
      };
    }
    case 'evict': {
      const gone = new Set(action.ids);
      const left = members.filter(({ id }) => !gone.has(id));
      const lower = size - action.ids.length;
      return {
        ...world,
        observation: { ...observation, size: lower, members: left },
        memory: afterChange(beforeResize(memory, size, lower), laterMs),
        nowMs: laterMs,
        capacity: world.capacity + action.ids.length,
      };
    }
    case 'wait': {
      const untilMs = action.untilMs ?? nowMs + rules.gate.intervalMs;
      const isPatient = action.isPatient === true;
      return {
        ...world,
        nowMs: untilMs,
        memory: {
          ...memory,
          capacity: isPatient ? memory.capacity : 'unread',
          progressMs: memory.progressMs + (isPatient ? untilMs - nowMs : 0),
        },
      };
    }
    default:
      return { ...world, nowMs: nowMs + estimates.changeMs };
  }
}

function imagineMember({ template, balancers }: Observation, index: number): Member {
  return {
    id: `new-${index + 1}`,
    name: `new-${index + 1}`,
    template,
    state: 'running',
    createdAt: new Date(index),
    isProtected: false,
    verdict: balancers.length > 0 ? 'healthy' : 'none',
  };
}

/** Members in service. */
export function countReady(world: World, { bootMs }: Estimates): number {
  const { observation, created, memory, nowMs } = world;
  let ready = 0;
  for (const member of observation.members) {
    if (memory.drained.size > 0 && memory.drained.has(member.id)) continue;
    const createdMs = created.size > 0 ? created.get(member.id) : undefined;
    const isReady =
      createdMs === undefined
        ? member.state === 'running' && isAdmitted(member)
        : nowMs >= createdMs + bootMs;
    if (isReady) ready += 1;
  }
  return ready;
}

/** Whoever serves now is proved; new members are once they have booted and held for as long as the gate wants. */
export function imagineHealth(world: World, { gate }: Rules, { bootMs }: Estimates): Health {
  const heldMs = Math.max(gate.minHealthyTimeMs, (gate.successes - 1) * gate.intervalMs);
  const { observation, created, nowMs } = world;
  const isWell = (member: Member): boolean => member.state === 'running' && isAdmitted(member);
  const unwell = new Set(observation.members.filter((one) => !isWell(one)).map(({ id }) => id));
  const ill = imagineOne(false, 0, nowMs, gate.successes);
  // Members of one wave fare alike: one picture of health does for all of them.
  const well = new Map<number | undefined, MemberHealth>();
  const wellSince = (createdMs: number | undefined): MemberHealth => {
    const provenMs = createdMs === undefined ? 0 : createdMs + bootMs + heldMs;
    const health = well.get(createdMs) ?? imagineOne(true, provenMs, nowMs, gate.successes);
    well.set(createdMs, health);
    return health;
  };
  // Looked up for each member, several times a step: empty collections are not asked.
  const createdAt = (id: string): number | undefined =>
    created.size > 0 ? created.get(id) : undefined;
  return {
    get: (id) => (unwell.size > 0 && unwell.has(id) ? ill : wellSince(createdAt(id))),
  };
}

function imagineOne(
  isWell: boolean,
  provenMs: number,
  nowMs: number,
  successes: number,
): MemberHealth {
  const isProven = isWell && provenMs <= nowMs;
  return {
    passes: isProven ? successes : 0,
    failures: isWell ? 0 : successes,
    exposedFailures: 0,
    flaps: 0,
    probedMs: nowMs,
    heldSinceMs: isProven ? provenMs : undefined,
    provenMs: isProven ? provenMs : undefined,
    // As if seen only now: a plan assumes that the deadline is kept.
    unprovenSinceMs: nowMs,
    detail: 'assumed to pass',
  };
}
