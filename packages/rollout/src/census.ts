import { type Fenceposts, resolveFenceposts } from './fenceposts.ts';
import { isAdmitted, type MemberHealth, type Standing, standingOf } from './health.ts';
import type { Member } from './pool.ts';
import { goalOf, type RolloutRecord } from './record.ts';
import type { Situation } from './situation.ts';

export interface Candidate {
  readonly member: Member;
  readonly standing: Standing;
  readonly isDrained: boolean;
  /** Connections would be cut if it went now. */
  readonly needsDrain: boolean;
}

/** The members, sorted by what is to become of them. */
export interface Census extends Fenceposts {
  readonly record: RolloutRecord;
  readonly goalTemplate: string;
  readonly isRollback: boolean;
  /** Members wanted in the end. */
  readonly size: number;
  /** Members that must serve at all times. */
  readonly floor: number;
  /** Members of the goal wanted in the end: protected ones of other templates stay. */
  readonly wanted: number;
  readonly proven: number;
  /** Members of the goal that still have to prove themselves. */
  readonly unproven: readonly Member[];
  /** Promised by the pool and not there yet. */
  readonly pending: number;
  readonly kept: readonly Member[];
  readonly leaving: number;
  /** Members that are not leaving. */
  readonly present: number;
  /** Members that count against the surge. */
  readonly total: number;
  /** Proved members of the goal, and others that serve. */
  readonly serving: number;
  /** What may be evicted, in the order in which it goes. */
  readonly candidates: readonly Candidate[];
}

export function takeCensus(situation: Situation, record: RolloutRecord): Census {
  const { observation, rules } = situation;
  const goalTemplate = goalOf(record);
  const isRollback = record.phase === 'rolling-back';
  const members = observation.members.filter(({ state }) => state !== 'leaving');
  const isGoal = (member: Member): boolean =>
    member.template === goalTemplate && !isSpent(situation, member, isRollback);
  const [goal, others] = partition(members, isGoal);
  const kept = others.filter(({ isProtected }) => isProtected);
  const described = others.map((member) => describe(situation, member));
  const fenceposts = resolveFenceposts(record.size, rules.maxSurge, rules.maxUnavailable);
  const wanted = Math.max(0, record.size - kept.length);
  const excess = pickExcess(situation, goal, goal.length - wanted);
  const isExcess = new Set(excess);
  const [proven, toProve] = partition(goal, (member) => isProven(situation, member));
  const unwanted = excess.map((member) => describe(situation, member));
  return {
    ...fenceposts,
    record,
    goalTemplate,
    isRollback,
    size: record.size,
    floor: record.size - fenceposts.unavailable,
    wanted,
    proven: proven.length,
    unproven: toProve.filter((member) => !isExcess.has(member)),
    pending: Math.max(0, observation.size - members.length),
    kept,
    leaving: observation.members.length - members.length,
    present: members.length,
    total: Math.max(observation.size, members.length) + observation.members.length - members.length,
    serving: proven.length + described.filter(({ standing }) => standing === 'serving').length,
    candidates: [
      ...described.filter(({ member }) => !member.isProtected).toSorted(byTurn),
      ...unwanted.toSorted(byTurn),
    ],
  };
}

function partition<Value>(
  values: readonly Value[],
  isFirst: (value: Value) => boolean,
): readonly [readonly Value[], readonly Value[]] {
  const first: Value[] = [];
  const second: Value[] = [];
  for (const value of values) (isFirst(value) ? first : second).push(value);
  return [first, second];
}

/** Proved, and seen so lately that it still counts: a machine that slept must look again. */
export function isProven(situation: Situation, member: Member): boolean {
  if (situation.memory.drained.has(member.id)) return false;
  return freshHealth(situation, member)?.provenMs !== undefined;
}

function freshHealth({ health, now, rules }: Situation, { id }: Member): MemberHealth | undefined {
  const known = health.get(id);
  if (known?.probedMs === undefined) return undefined;
  const { intervalMs, probeTimeoutMs } = rules.gate;
  return now.ms - known.probedMs <= 2 * (intervalMs + probeTimeoutMs) ? known : undefined;
}

/** Members that answer the probe and are in the rotation, whatever their template. */
export function countServing(situation: Situation): number {
  return situation.observation.members.filter(
    (member) => describe(situation, member).standing === 'serving',
  ).length;
}

/** On the goal's template and yet of no use: drained by us or by a controller before us. */
function isSpent({ memory }: Situation, member: Member, isRollback: boolean): boolean {
  if (member.isProtected) return false;
  if (memory.drained.has(member.id)) return true;
  if (member.state === 'running' || member.state === 'starting') return false;
  return isRollback || memory.spent.has(member.id);
}

/** More members of the goal than are wanted, e.g. because the pool healed itself: the least proved go. */
function pickExcess(
  situation: Situation,
  goal: readonly Member[],
  count: number,
): readonly Member[] {
  if (count <= 0) return [];
  return goal
    .filter(({ isProtected }) => !isProtected)
    .toSorted(
      (one, two) =>
        Number(isProven(situation, one)) - Number(isProven(situation, two)) ||
        two.createdAt.getTime() - one.createdAt.getTime() ||
        compare(one.id, two.id),
    )
    .slice(0, count);
}

function describe(situation: Situation, member: Member): Candidate {
  const { memory, rules } = situation;
  const isDrained = memory.drained.has(member.id);
  const standing = standingOf(member, freshHealth(situation, member), rules.gate, isDrained);
  const mayServe = standing !== 'failing' || isAdmitted(member);
  return {
    member,
    standing,
    isDrained,
    needsDrain: !isDrained && member.state === 'running' && mayServe,
  };
}

const TURN: Readonly<Record<Standing, number>> = { failing: 0, uncertain: 1, serving: 2 };

/** Drained first, then what does not serve, then the oldest: two controllers that overlap pick the same. */
function byTurn(one: Candidate, two: Candidate): number {
  return (
    Number(two.isDrained) - Number(one.isDrained) ||
    TURN[one.standing] - TURN[two.standing] ||
    one.member.createdAt.getTime() - two.member.createdAt.getTime() ||
    compare(one.member.id, two.member.id)
  );
}

function compare(one: string, two: string): number {
  if (one === two) return 0;
  return one < two ? -1 : 1;
}
