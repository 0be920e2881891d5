import fc from 'fast-check';
import { expect, test } from 'vitest';
import { resolveFenceposts } from '../src/fenceposts.ts';
import type { MemberHealth } from '../src/health.ts';
import { plan } from '../src/plan.ts';
import type { Member, Observation } from '../src/pool.ts';
import type { RolloutRecord } from '../src/record.ts';
import type { Action, Situation } from '../src/situation.ts';
import type { ResolvedStrategy } from '../src/strategy.ts';

const NOW = 1_000_000;
const ME = 'me';

interface Case {
  readonly situation: Situation;
  readonly record: RolloutRecord;
}

interface History {
  /** Consecutive passes, or failures when negative. */
  readonly probes: number;
  readonly flaps: number;
  readonly probedMs: number;
  readonly isHeld: boolean;
  readonly unprovenSinceMs: number;
}

const historyArbitrary: fc.Arbitrary<History> = fc.record({
  probes: fc.constantFrom(-5, -3, -1, 0, 1, 3, 3, 3, 3),
  flaps: fc.constantFrom(0, 0, 0, 1, 3),
  probedMs: fc.constantFrom(NOW - 100_000, NOW - 1, NOW - 1, NOW),
  isHeld: fc.constantFrom(true, true, false),
  unprovenSinceMs: fc.constantFrom(NOW - 500_000, NOW - 1_000),
});

/** What a tracker could have seen of such a member: only what runs is probed, only what is admitted is proved. */
function healthOf(
  member: Pick<Member, 'state' | 'verdict'>,
  { probes, flaps, probedMs, isHeld, unprovenSinceMs }: History,
): MemberHealth {
  const isRunning = member.state === 'running';
  const isAdmitted = member.verdict === 'healthy' || member.verdict === 'none';
  const passes = isRunning ? Math.max(0, probes) : 0;
  const isProven = passes >= 3 && isAdmitted && isHeld;
  return {
    passes,
    failures: isRunning ? Math.max(0, -probes) : 0,
    exposedFailures: isRunning && member.verdict === 'healthy' ? Math.max(0, -probes) : 0,
    flaps,
    probedMs: probes === 0 ? undefined : probedMs,
    heldSinceMs: passes > 0 && isAdmitted ? NOW - 5_000 : undefined,
    provenMs: isProven ? NOW - 5_000 : undefined,
    unprovenSinceMs,
    detail: 'answered 200',
  };
}

const memberArbitrary: fc.Arbitrary<Omit<Member, 'id' | 'name'>> = fc.record({
  template: fc.constantFrom('v1', 'v2', 'v2', 'v3'),
  state: fc.constantFrom(
    'running',
    'running',
    'running',
    'running',
    'starting',
    'stopped',
    'leaving',
    'failed',
  ),
  createdAt: fc.constantFrom(new Date(1), new Date(2)),
  isProtected: fc.constantFrom(false, false, false, false, true),
  verdict: fc.constantFrom('healthy', 'healthy', 'healthy', 'unhealthy', 'unknown', 'none'),
});

const strategyArbitrary: fc.Arbitrary<ResolvedStrategy> = fc.constantFrom<ResolvedStrategy>(
  { kind: 'auto' },
  { kind: 'double' },
  { kind: 'double', proveFirst: true },
  { kind: 'exponential' },
  { kind: 'batch', size: 2 },
  { kind: 'one-by-one' },
  { kind: 'canary', count: 2 },
  { kind: 'canary', approval: 'automatic' },
);

const caseArbitrary: fc.Arbitrary<Case> = fc
  .record({
    size: fc.nat(6),
    members: fc.array(
      fc.tuple(memberArbitrary, historyArbitrary, fc.boolean(), fc.constantFrom(0, 0, 0, 1)),
      { maxLength: 12 },
    ),
    promised: fc.constantFrom(0, 0, 0, 1, 2),
    surge: fc.constantFrom<number | '50%' | '100%'>(0, 1, 2, '50%', '100%'),
    unavailable: fc.constantFrom<number | '50%'>(0, 0, 1, 2, '50%'),
    strategy: strategyArbitrary,
    phase: fc.constantFrom<RolloutRecord['phase']>(
      'rolling',
      'rolling',
      'approved',
      'rolling-back',
    ),
    capacity: fc.constantFrom<number | 'unread'>(0, 1, 3, 100, 'unread'),
    grantLimit: fc.constantFrom(undefined, undefined, 0, 1),
    status: fc.constantFrom<Observation['status']>(
      'steady',
      'steady',
      'steady',
      'steady',
      'changing',
    ),
    owner: fc.constantFrom(ME, ME, ME, ME, ME, 'other'),
    autoRollback: fc.boolean(),
    canDrain: fc.boolean(),
    stepStartedMs: fc.constantFrom(NOW - 400_000, NOW - 1_000),
  })
  .map((given) => {
    const members: Member[] = given.members.map(([member], index) => ({
      ...member,
      id: `m${index}`,
      name: `m${index}`,
    }));
    const present = members.filter(({ state }) => state !== 'leaving').length;
    const record: RolloutRecord = {
      id: 'r1',
      from: 'v1',
      to: 'v2',
      size: given.size,
      phase: given.phase,
      owner: given.owner,
      until: new Date(8.64e15),
    };
    const ids = (pick: (entry: (typeof given.members)[number]) => boolean): readonly string[] =>
      given.members.flatMap((entry, index) => (pick(entry) ? `m${index}` : []));
    const situation: Situation = {
      rules: {
        strategy: given.strategy,
        maxSurge: given.surge,
        maxUnavailable: given.unavailable,
        gate: {
          successes: 3,
          intervalMs: 5_000,
          minHealthyTimeMs: 0,
          healthyDeadlineMs: 300_000,
          probeTimeoutMs: 10_000,
          maxFlaps: 3,
          maxFailures: 5,
        },
        progressDeadlineMs: 600_000,
        bakeTimeMs: 0,
        drain: { inFlightGraceMs: 0, maxWindowMs: 60_000, timeoutMs: 30_000, onFailure: 'stop' },
        autoRollback: given.autoRollback,
        onExternalResize: 'adopt',
        leaseMs: 300_000,
      },
      canDrain: given.canDrain,
      canMeasure: true,
      me: ME,
      ledger: { kind: 'readable', active: record, last: undefined, rest: {} },
      observation: {
        observedAt: new Date(0),
        status: given.status,
        statusDetail: given.status,
        size: present + given.promised,
        template: given.phase === 'rolling-back' ? 'v1' : 'v2',
        annotations: {},
        members,
        balancers: [],
      },
      health: new Map(
        given.members.map(([member, history], index) => [`m${index}`, healthOf(member, history)]),
      ),
      memory: {
        record,
        stepStartedMs: given.stepStartedMs,
        progressMs: given.stepStartedMs,
        patientUntilMs: undefined,
        pendingSinceMs: undefined,
        bestProven: 0,
        sizes: undefined,
        capacity: given.capacity,
        grantLimit: given.grantLimit,
        off: new Set<string>(),
        balancers: [],
        drainOrders: new Map<string, number>(),
        awaitsStop: false,
        drained: new Map(ids(([, , , drained]) => drained === 1).map((id) => [id, 0])),
        spent: new Set(ids(([, , isSpent]) => isSpent)),
        faults: undefined,
        refusal: undefined,
        drainFailure: undefined,
      },
      now: { at: new Date(0), ms: NOW },
    };
    return { situation, record };
  });

/** The rules once more, in other words than the planner's. */
function judge({ situation, record }: Case): {
  readonly goal: string;
  readonly surge: number;
  readonly floor: number;
  readonly present: readonly Member[];
  readonly leaving: number;
  readonly isProven: (member: Member) => boolean;
  readonly serves: (member: Member) => boolean;
  readonly isDead: (member: Member) => boolean;
} {
  const { observation, health, memory, rules } = situation;
  const goal = record.phase === 'rolling-back' ? record.from : record.to;
  const { surge, unavailable } = resolveFenceposts(
    record.size,
    rules.maxSurge,
    rules.maxUnavailable,
  );
  const present = observation.members.filter(({ state }) => state !== 'leaving');
  const known = (member: Member): MemberHealth | undefined => health.get(member.id);
  const isProven = (member: Member): boolean =>
    known(member)?.provenMs !== undefined && (known(member)?.probedMs ?? 0) > NOW - 100_000;
  const isAnswering = (member: Member): boolean =>
    member.state === 'running' &&
    !memory.drained.has(member.id) &&
    (known(member)?.passes ?? 0) > 0 &&
    (member.verdict === 'healthy' || member.verdict === 'none');
  return {
    goal,
    surge,
    floor: record.size - unavailable,
    present,
    leaving: observation.members.length - present.length,
    isProven,
    serves: (member) => isAnswering(member) && (member.template !== goal || isProven(member)),
    isDead: (member) =>
      member.state === 'stopped' ||
      member.state === 'failed' ||
      memory.drained.has(member.id) ||
      (member.state === 'running' && !isAnswering(member) && (known(member)?.failures ?? 0) >= 3),
  };
}

const RUNS = 2_500;

function check(property: (given: Case, action: Action) => void): void {
  fc.assert(
    fc.property(caseArbitrary, (given) => property(given, plan(given.situation).action)),
    { numRuns: RUNS, seed: 1 },
  );
}

test('plan() never takes service below the floor (S1)', () => {
  check((given, action) => {
    if (action.type !== 'evict' && action.type !== 'drain') return;
    const { present, serves, floor, isDead } = judge(given);
    const before = present.filter(serves).length;
    const after = present.filter(
      (member) => serves(member) && !action.ids.includes(member.id),
    ).length;
    const victims = present.filter(({ id }) => action.ids.includes(id));
    if (after < floor) expect(after).toBe(before);
    // Below the floor already: only what certainly does not serve may go.
    if (after < floor) expect(victims.filter((member) => !isDead(member))).toEqual([]);
  });
});

test('plan() never has more members than the surge allows (S2)', () => {
  check((given, action) => {
    if (action.type !== 'grow') return;
    const { surge, leaving } = judge(given);
    expect(action.size + leaving).toBeLessThanOrEqual(given.record.size + surge);
    const { capacity, grantLimit } = given.situation.memory;
    const more = action.size - given.situation.observation.size;
    expect(more).toBeLessThanOrEqual(Number(capacity));
    expect(more).toBeLessThanOrEqual(grantLimit ?? more);
  });
});

test('plan() evicts only what is there, may go, and is not wanted (S3)', () => {
  check((given, action) => {
    if (action.type !== 'evict' && action.type !== 'drain') return;
    const { goal, present, isDead } = judge(given);
    const victims = action.ids.map((id) => present.find((member) => member.id === id));
    expect(victims).not.toContain(undefined);
    expect(victims.filter((member) => member?.isProtected)).toEqual([]);
    const kept = present.filter(({ isProtected, template }) => isProtected && template !== goal);
    const left = present.filter(
      (member) => member.template === goal && !action.ids.includes(member.id) && !isDead(member),
    );
    const isWhole = left.length + kept.length >= given.record.size;
    const alive = victims.filter((member) => member && member.template === goal && !isDead(member));
    if (!isWhole) expect(alive.filter((member) => member?.state !== 'failed')).toEqual([]);
  });
});

test('plan() never grows to fewer members than there are (S4)', () => {
  check(({ situation: { observation } }, action) => {
    if (action.type !== 'grow') return;
    expect(action.size).toBeGreaterThan(observation.size);
    expect(action.size).toBeGreaterThan(
      observation.members.filter(({ state }) => state !== 'leaving').length,
    );
  });
});

test('plan() evicts no more than the surplus, one dead member to make room excepted (S5)', () => {
  check((given, action) => {
    if (action.type !== 'evict') return;
    const { present, floor, isDead } = judge(given);
    const isBreaker =
      action.ids.length === 1 &&
      present.some((member) => action.ids.includes(member.id) && isDead(member));
    if (!isBreaker) expect(present.length - action.ids.length).toBeGreaterThanOrEqual(floor);
  });
});

test('plan() changes nothing while the pool is changing, or under another controller (S6, S8)', () => {
  check(({ situation: { observation }, record }, action) => {
    if (record.owner !== ME) expect(action).toEqual({ type: 'stop', outcome: 'locked' });
    else if (observation.status === 'changing') expect(['wait', 'stop']).toContain(action.type);
  });
});

test('plan() runs an unproved version on no more members than it has to (S7)', () => {
  check((given, action) => {
    if (action.type !== 'grow' || given.record.phase === 'rolling-back') return;
    const { goal, present, isProven, surge, floor } = judge(given);
    const unproven = present.filter(
      (member) =>
        member.template === goal &&
        !isProven(member) &&
        (member.state === 'running' || member.state === 'starting') &&
        !given.situation.memory.drained.has(member.id),
    );
    const more = action.size - given.situation.observation.size;
    expect(more).toBeLessThanOrEqual(surge + given.record.size - floor);
    const { strategy } = given.situation.rules;
    const proven = present.filter((member) => member.template === goal && isProven(member)).length;
    if (strategy.kind === 'one-by-one') expect(more).toBe(1);
    if (strategy.kind === 'batch') expect(more).toBeLessThanOrEqual(2);
    if (proven === 0 && (strategy.kind === 'exponential' || strategy.kind === 'batch'))
      expect(more).toBe(1);
    if (strategy.kind === 'canary' && given.record.phase === 'rolling' && proven === 0) {
      expect(more + unproven.length).toBeLessThanOrEqual(Number(strategy.count ?? 1));
    }
  });
});

test('plan() drains whatever is in a rotation before it evicts it', () => {
  check(({ situation }, action) => {
    if (action.type !== 'evict' || !situation.canDrain) return;
    const inUse = situation.observation.members.filter(
      ({ id, state, verdict }) =>
        action.ids.includes(id) &&
        state === 'running' &&
        (verdict === 'healthy' || verdict === 'none') &&
        !situation.memory.drained.has(id),
    );
    expect(inUse).toEqual([]);
  });
});

test('plan() calls it finished only when all is proved and nothing is left over (S12)', () => {
  check((given, action) => {
    if (action.type !== 'finish') return;
    const { goal, present, isProven } = judge(given);
    const { observation } = given.situation;
    expect(observation.size).toBe(given.record.size);
    const strangers = present.filter(
      ({ template, isProtected }) => template !== goal && !isProtected,
    );
    expect(strangers).toEqual([]);
    expect(
      present.filter(
        (member) => member.template === goal && !member.isProtected && !isProven(member),
      ),
    ).toEqual([]);
  });
});
