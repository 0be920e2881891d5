import { expect, test } from 'vitest';
import { type Health, standingOf, trackHealth } from '../src/health.ts';
import type { Member, Observation } from '../src/pool.ts';

const gate = { successes: 3, minHealthyTimeMs: 10_000 };
const healthy: Member = {
  id: 'm1',
  name: 'm1',
  template: 'v2',
  state: 'running',
  createdAt: new Date(0),
  isProtected: false,
  verdict: 'healthy',
};

interface Look {
  readonly atMs: number;
  /** Not probed in this look when absent. */
  readonly passed?: boolean;
  readonly member?: Partial<Member>;
}

function watch(looks: readonly Look[], rules: typeof gate = gate): Health {
  let health: Health = new Map();
  for (const { atMs, passed, member } of looks) {
    const observation = { members: [{ ...healthy, ...member }] } as unknown as Observation;
    const probes =
      passed === undefined ? [] : [['m1', { passed, detail: String(passed) }] as const];
    health = trackHealth(health, observation, new Map(probes), rules, atMs);
  }
  return health;
}

const isProven = (looks: readonly Look[], rules?: typeof gate): boolean =>
  watch(looks, rules).get('m1')?.provenMs !== undefined;
const passes = (...moments: readonly number[]): readonly Look[] =>
  moments.map((atMs) => ({ atMs, passed: true }));

test('trackHealth() proves a member by enough passes, held for long enough', () => {
  expect(isProven(passes(0, 5_000, 10_000))).toBe(true);
});

test('trackHealth() wants every one of the passes', () => {
  expect(isProven(passes(0, 20_000))).toBe(false);
});

test('trackHealth() wants the whole time', () => {
  expect(isProven(passes(0, 3_000, 6_000, 9_999))).toBe(false);
});

test('trackHealth() does not count a look without a probe', () => {
  expect(isProven([...passes(0, 5_000), { atMs: 10_000 }, { atMs: 20_000 }])).toBe(false);
});

test('trackHealth() starts again after one failure', () => {
  const looks: readonly Look[] = [...passes(0, 5_000), { atMs: 7_000, passed: false }];
  expect(isProven([...looks, ...passes(10_000, 15_000)])).toBe(false);
  expect(isProven([...looks, ...passes(10_000, 12_000, 14_000)])).toBe(false);
  expect(isProven([...looks, ...passes(10_000, 15_000, 20_000)])).toBe(true);
});

test('trackHealth() counts the time only from when the balancer agrees', () => {
  const unspoken = passes(0, 5_000, 10_000).map((look) => ({
    ...look,
    member: { verdict: 'unknown' as const },
  }));
  expect(isProven(unspoken)).toBe(false);
  expect(isProven([...unspoken, ...passes(15_000, 20_000)])).toBe(false);
  expect(isProven([...unspoken, ...passes(15_000, 20_000, 25_000)])).toBe(true);
});

test('trackHealth() believes no probe of a member that does not run', () => {
  const looks = passes(0, 5_000, 10_000).map((look) => ({
    ...look,
    member: { state: 'starting' as const },
  }));
  expect(isProven(looks)).toBe(false);
});

test('trackHealth() needs no balancer where there is none', () => {
  const looks = passes(0, 5_000, 10_000).map((look) => ({
    ...look,
    member: { verdict: 'none' as const },
  }));
  expect(isProven(looks)).toBe(true);
});

test('trackHealth() counts a lost proof as a flap, whoever took it', () => {
  const proved = passes(0, 5_000, 10_000);
  const byProbe = watch([...proved, { atMs: 15_000, passed: false }]);
  const byBalancer = watch([...proved, { atMs: 15_000, member: { verdict: 'unhealthy' } }]);
  for (const health of [byProbe, byBalancer]) {
    expect(health.get('m1')).toMatchObject({
      flaps: 1,
      provenMs: undefined,
      unprovenSinceMs: 15_000,
    });
  }
});

test('trackHealth() forgets members that are gone', () => {
  const health = watch(passes(0));
  const empty = { members: [] } as unknown as Observation;
  expect(trackHealth(health, empty, new Map(), gate, 1).size).toBe(0);
});

test('standingOf() calls failing only what surely does not serve', () => {
  const known = watch(passes(0)).get('m1');
  const failed = (count: number): ReturnType<Health['get']> =>
    watch(Array.from({ length: count }, (_, index) => ({ atMs: index, passed: false }))).get('m1');
  expect(standingOf(healthy, known, gate, false)).toBe('serving');
  expect(standingOf(healthy, known, gate, true)).toBe('failing');
  expect(standingOf(healthy, undefined, gate, false)).toBe('uncertain');
  expect(standingOf(healthy, failed(2), gate, false)).toBe('uncertain');
  expect(standingOf(healthy, failed(3), gate, false)).toBe('failing');
  expect(standingOf({ ...healthy, verdict: 'unhealthy' }, known, gate, false)).toBe('uncertain');
  expect(standingOf({ ...healthy, state: 'starting' }, known, gate, false)).toBe('uncertain');
  expect(standingOf({ ...healthy, state: 'stopped' }, known, gate, false)).toBe('failing');
});

test('trackHealth() dates a probe by when it was sent, not by the look that came back late', () => {
  const observation = { members: [healthy] } as unknown as Observation;
  const probes = new Map([['m1', { passed: true, detail: 'answered 200' }]]);
  const health = trackHealth(new Map(), observation, probes, gate, 100_000, 40_000);
  expect(health.get('m1')).toMatchObject({ probedMs: 40_000, heldSinceMs: 100_000 });
});
