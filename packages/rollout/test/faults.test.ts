import { expect, test } from 'vitest';
import { controlRollout, type RolloutResult, rollout } from '../src/index.ts';
import type { MemoryPool, MemoryPoolOptions, PoolCall, PoolFailure } from '../src/testing.ts';
import { type Bench, createBench, templatesOf } from './harness.ts';

const isOld = ({ template }: { readonly template: string }): boolean => template === 'v1';
const quick = { gate: { healthyDeadlineMs: 60_000 } } as const;

/** Whatever goes wrong: nothing is cut, nothing overlaps, and three members serve all the time. */
function expectSafe(pool: MemoryPool, minServing = 3): void {
  expect({ cut: pool.cut, minServing: pool.minServing, violations: pool.violations }).toEqual({
    cut: [],
    minServing,
    violations: [],
  });
}

/** Runs `disturb` once, before the first call of `method`. */
function once(
  method: PoolCall['method'],
  disturb: (bench: Bench) => void,
  nth = 1,
): { readonly options: Partial<MemoryPoolOptions>; readonly attach: (bench: Bench) => void } {
  let bench: Bench | undefined;
  let seen = 0;
  return {
    attach: (given) => {
      bench = given;
    },
    options: {
      failure: (call) => {
        if (call.method !== method) return undefined;
        seen += 1;
        if (seen === nth && bench !== undefined) disturb(bench);
        return undefined;
      },
    },
  };
}

/** Fails the given calls of one method: the first is 1. */
function failing(
  method: PoolCall['method'],
  calls: readonly number[],
  failure: PoolFailure,
): Partial<MemoryPoolOptions> {
  let seen = 0;
  return {
    failure: (call) => {
      if (call.method !== method) return undefined;
      seen += 1;
      return calls.includes(seen) ? failure : undefined;
    },
  };
}

test('a new member boots to "failed": back to the old version', async () => {
  const { pool, options } = createBench({ failsToBoot: (template) => template === 'v2' });
  const result = await rollout(pool, options(quick));
  expect(result).toMatchObject({ outcome: 'rolled-back' });
  expect(result.reason).toContain('it is failed');
  expectSafe(pool);
});

test('a flapping member is never proved, and fails the gate', async () => {
  const flaps = (member: { readonly template: string }, ageMs: number): boolean =>
    isOld(member) || Math.floor(ageMs / 40_000) % 2 === 1;
  const { pool, options, events } = createBench({ isHealthy: flaps });
  const gate = { successes: 2, minHealthyTimeMs: 5_000, healthyDeadlineMs: 60_000 };
  const result = await rollout(pool, options({ gate, bakeTimeMs: 600_000 }));
  expect(result.outcome).toBe('rolled-back');
  expect(result.reason).toContain('lost its proof 3 times');
  expect(events.some(({ type }) => type === 'member-flapped')).toBe(true);
  expectSafe(pool);
});

test('a flap during the bake starts the proof again, and one flap is forgiven', async () => {
  const flapsOnce = (member: { readonly template: string }, ageMs: number): boolean =>
    isOld(member) || ageMs < 90_000 || ageMs > 110_000;
  const { pool, options, events } = createBench({ isHealthy: flapsOnce });
  const result = await rollout(pool, options({ bakeTimeMs: 120_000 }));
  expect(result.outcome).toBe('completed');
  expect(events.filter(({ type }) => type === 'member-flapped')).toHaveLength(3);
  expect(result.wallMs).toBeGreaterThan(240_000);
  expectSafe(pool);
});

test('a flap late in a long bake is not called a lack of progress', async () => {
  const flapsOnce = (member: { readonly template: string }, ageMs: number): boolean =>
    isOld(member) || ageMs < 300_000 || ageMs > 320_000;
  const { pool, options } = createBench({ isHealthy: flapsOnce });
  const result = await rollout(pool, options({ bakeTimeMs: 400_000, progressDeadlineMs: 150_000 }));
  expect(result.outcome).toBe('completed');
  expectSafe(pool);
});

test('a slow boot is waited for, with nothing evicted', async () => {
  const { pool, options, events } = createBench({
    bootMs: (_, index) => (index === 6 ? 280_000 : 30_000),
  });
  expect(await rollout(pool, options())).toMatchObject({ outcome: 'completed' });
  const evictions = events.filter(
    (event) => event.type === 'mutation-start' && event.call === 'evict',
  );
  expect(evictions).toHaveLength(1);
  expectSafe(pool);
});

const changes = ['begin', 'grow', 'evict', 'settle', 'drain', 'observe', 'capacity'] as const;
for (const method of changes) {
  for (const when of ['before', 'after'] as const) {
    test(`a lost connection ${when} "${method}" changes nothing but the time`, async () => {
      const calls = method === 'observe' ? [1, 2, 5, 9] : [1, 2];
      const { pool, options } = createBench(failing(method, calls, { when }));
      const result = await rollout(pool, options({ drain: { onFailure: 'continue' } }));
      expect(result.outcome).toBe('completed');
      expect(await templatesOf(pool)).toEqual(['v2', 'v2', 'v2']);
      // A drain whose order is lost is seen to have come to nothing, and ordered again.
      expectSafe(pool);
    });
  }
}

test('a pool that cannot be changed any more ends stuck, with the lease given back', async () => {
  const { pool, options } = createBench({
    failure: ({ method }) => (method === 'evict' ? { when: 'before' } : undefined),
  });
  const result = await rollout(pool, options({ progressDeadlineMs: 120_000 }));
  expect(result).toMatchObject({ outcome: 'stuck' });
  expect(result.reason).toContain('No change of the pool has succeeded for 120000 ms');
  expect((await pool.observe()).annotations).not.toHaveProperty('exoship-owner');
});

test.each(['grow', 'evict'] as const)(
  'a pool that refuses every %s ends stuck, however often the lease is renewed meanwhile',
  async (refused) => {
    const failure: MemoryPoolOptions['failure'] = ({ method }) =>
      method === refused ? { when: 'before' } : undefined;
    const { pool, clock, options } = createBench({ failure });
    const startedMs = clock.monotonicMs();
    const result = await rollout(pool, options({ leaseMs: 60_000, progressDeadlineMs: 600_000 }));
    expect(result).toMatchObject({ outcome: 'stuck' });
    expect(result.reason).toContain('succeeded for 600000 ms');
    expect(clock.monotonicMs() - startedMs).toBeLessThan(900_000);
  },
);

test('a renewal that failed once is forgotten when the next one succeeds', async () => {
  const { pool, events, options } = createBench({
    bootMs: 300_000,
    ...failing('settle', [1], { when: 'before' }),
  });
  const patient = { leaseMs: 60_000, progressDeadlineMs: 400_000 };
  const gate = { healthyDeadlineMs: 400_000 };
  const result = await rollout(pool, options({ ...patient, gate }));
  expect(result.outcome).toBe('completed');
  const ends = events.filter(({ type }) => type === 'mutation-end');
  expect(ends.filter((event) => 'error' in event)).toHaveLength(1);
});

test('credentials that expire end it safely, and it can be resumed', async () => {
  let isExpired = true;
  const { pool, options } = createBench({
    failure: ({ method }) =>
      isExpired && method === 'evict'
        ? { when: 'before', error: Object.assign(new Error('Forbidden'), { reason: 'forbidden' }) }
        : undefined,
  });
  const result = await rollout(pool, options());
  expect(result).toMatchObject({ outcome: 'stuck' });
  expect(result.reason).toContain('These credentials may not do that');
  isExpired = false;
  expect(await rollout(pool, options())).toMatchObject({ outcome: 'completed', rolloutId: 'r1' });
  expectSafe(pool);
});

test('a quota that allows one more member is used one by one', async () => {
  const { pool, options } = createBench({ quota: 4 });
  expect(await rollout(pool, options())).toMatchObject({ outcome: 'completed', peak: 4 });
  expectSafe(pool);
});

test('a quota that is found out by being refused shrinks the wave to what is granted', async () => {
  const { pool, options } = createBench({ quota: 4, without: ['capacity'] });
  expect(await rollout(pool, options())).toMatchObject({ outcome: 'completed', peak: 4 });
  expectSafe(pool);
});

test('no quota and nothing may be unavailable: refused before anything is changed', async () => {
  const { pool, options } = createBench({ quota: 3 });
  expect(await rollout(pool, options())).toMatchObject({ outcome: 'refused', mutations: 0 });
  expectSafe(pool);
});

test('no quota, found out late: the template goes back and nothing is removed', async () => {
  const { pool, options } = createBench({ quota: 3, without: ['capacity'] });
  const result = await rollout(pool, options());
  expect(result).toMatchObject({ outcome: 'rolled-back', replaced: [] });
  expect((await pool.observe()).template).toBe('v1');
  expectSafe(pool);
});

test('no quota, but one may be unavailable: in place, one at a time', async () => {
  const { pool, options } = createBench({ quota: 3 });
  const result = await rollout(pool, options({ maxUnavailable: 1 }));
  expect(result).toMatchObject({ outcome: 'completed', peak: 3 });
  expectSafe(pool, 2);
});

test('a quota that somebody else takes halfway pauses the rollout, whole', async () => {
  const disturbance = once('evict', ({ pool }) => pool.setQuota(4));
  const bench = createBench({ size: 4, quota: 5, ...disturbance.options });
  disturbance.attach(bench);
  const result = await rollout(bench.pool, bench.options({ progressDeadlineMs: 120_000 }));
  expect(result).toMatchObject({ outcome: 'paused' });
  expect(result.reason).toContain('Nothing more is granted');
  expect(await templatesOf(bench.pool)).toEqual(['v1', 'v1', 'v1', 'v2']);
  bench.pool.setQuota(6);
  const resumed = await controlRollout(bench.pool, 'resume', bench.control());
  expect(resumed).toMatchObject({ outcome: 'completed', size: 4 });
  expectSafe(bench.pool, 4);
});

test('a quota that comes back in time is used without anybody asking', async () => {
  const bench = createBench({ size: 4, quota: 5 });
  const rolling = rollout(bench.pool, bench.options());
  while (bench.pool.mutations.every(({ method }) => method !== 'evict'))
    await bench.clock.sleep(100);
  bench.pool.setQuota(4);
  await bench.clock.sleep(120_000);
  expect(bench.decisions().at(-1)).toContain('Nothing more is granted');
  bench.pool.setQuota(5);
  expect(await rolling).toMatchObject({ outcome: 'completed' });
  expectSafe(bench.pool, 4);
});

test('an old member that dies is replaced by the new version, and counted', async () => {
  const disturbance = once('observe', ({ pool }) => pool.kill('m2'), 6);
  const bench = createBench(disturbance.options);
  disturbance.attach(bench);
  expect(await rollout(bench.pool, bench.options())).toMatchObject({ outcome: 'completed' });
  expect(await templatesOf(bench.pool)).toEqual(['v2', 'v2', 'v2']);
});

test('a member that is missing late in a long bake has the whole deadline to come back', async () => {
  const { pool, clock, options } = createBench();
  const lacking: MemoryPool = Object.assign(Object.create(pool), {
    observe: async () => {
      const observation = await pool.observe();
      const isLacking = clock.monotonicMs() > 200_000 && clock.monotonicMs() < 220_000;
      return isLacking
        ? { ...observation, members: observation.members.filter(({ id }) => id !== 'm1') }
        : observation;
    },
  });
  const result = await rollout(lacking, options({ ...quick, bakeTimeMs: 300_000 }));
  expect(result).toMatchObject({ outcome: 'completed' });
  expectSafe(pool);
});

test('a new member that dies is waited for again before anything is evicted', async () => {
  const disturbance = once('drain', ({ pool }) => pool.kill('m5'));
  const bench = createBench(disturbance.options);
  disturbance.attach(bench);
  expect(await rollout(bench.pool, bench.options())).toMatchObject({ outcome: 'completed' });
  expect(await templatesOf(bench.pool)).toEqual(['v2', 'v2', 'v2']);
});

test('a pool that heals what was drained is brought back to its size', async () => {
  const { pool, options } = createBench({ healsStopped: true, lameDuckMs: 8_000 });
  expect(await rollout(pool, options())).toMatchObject({ outcome: 'completed', size: 3 });
  expect(await templatesOf(pool)).toEqual(['v2', 'v2', 'v2']);
  expect((await pool.observe()).size).toBe(3);
  expectSafe(pool);
});

test('what has stopped is evicted at once, before a pool that heals itself replaces it', async () => {
  const { pool, options } = createBench({ lameDuckMs: 1_000, drainState: 'stopping' });
  const result = await rollout(pool, options());
  expect(result.outcome).toBe('completed');
  const at = (method: string): number =>
    pool.mutations.find((call) => call.method === method)?.at.getTime() ?? 0;
  expect(at('evict') - at('drain')).toBeLessThan(10_000);
  expectSafe(pool);
});

test('somebody scales the pool up: the new size is taken over', async () => {
  const disturbance = once('observe', ({ pool }) => pool.resize(8), 8);
  const bench = createBench(disturbance.options);
  disturbance.attach(bench);
  const result = await rollout(bench.pool, bench.options());
  expect(result).toMatchObject({ outcome: 'completed', size: 5 });
  expect(await templatesOf(bench.pool)).toEqual(['v2', 'v2', 'v2', 'v2', 'v2']);
  expectSafe(bench.pool);
});

test('somebody scales the doubled pool down to its normal size: that size stays', async () => {
  const disturbance = once('observe', ({ pool }) => pool.resize(3), 8);
  const bench = createBench(disturbance.options);
  disturbance.attach(bench);
  const result = await rollout(bench.pool, bench.options());
  expect(result).toMatchObject({ outcome: 'completed', size: 3 });
  expect(await templatesOf(bench.pool)).toEqual(['v2', 'v2', 'v2']);
});

test('somebody scales the pool and the policy is to pause', async () => {
  const disturbance = once('observe', ({ pool }) => pool.resize(8), 8);
  const bench = createBench(disturbance.options);
  disturbance.attach(bench);
  const result = await rollout(bench.pool, bench.options({ onExternalResize: 'pause' }));
  expect(result).toMatchObject({ outcome: 'paused' });
  expect(result.reason).toBe('Somebody else resized the pool from 6 to 8');
  expectSafe(bench.pool);
});

test('Terraform sets the template back: the controller stops and says what to do', async () => {
  const disturbance = once('observe', ({ pool }) => pool.overwrite({ template: 'v1' }), 8);
  const bench = createBench(disturbance.options);
  disturbance.attach(bench);
  const result = await rollout(bench.pool, bench.options());
  expect(result).toMatchObject({ outcome: 'stuck', replaced: [] });
  expect(result.reason).toContain('ignore_changes');
  expect(await rollout(bench.pool, bench.options())).toMatchObject({ outcome: 'completed' });
  expectSafe(bench.pool);
});

test('something wipes the labels: the controller keeps its hands off', async () => {
  const disturbance = once('observe', ({ pool }) => pool.overwrite({ annotations: {} }), 8);
  const bench = createBench(disturbance.options);
  disturbance.attach(bench);
  const result = await rollout(bench.pool, bench.options());
  expect(result).toMatchObject({ outcome: 'stuck', replaced: [] });
  expect(result.reason).toContain('has vanished');
  expectSafe(bench.pool);
});

test('the new template is deleted: back to the old one', async () => {
  const error = Object.assign(new Error('Template not found'), { reason: 'gone' });
  const { pool, options } = createBench(failing('grow', [2], { when: 'before', error }));
  const result = await rollout(pool, options({ strategy: { kind: 'one-by-one' } }));
  expect(result).toMatchObject({ outcome: 'rolled-back' });
  expect(result.reason).toContain('No member can be created: Template not found');
  expect(await templatesOf(pool)).toEqual(['v1', 'v1', 'v1']);
  expectSafe(pool);
});

test('the way back is deleted too: stuck, and nothing more is removed', async () => {
  const error = Object.assign(new Error('Template not found'), { reason: 'gone' });
  const { pool, options } = createBench({
    isHealthy: isOld,
    ...failing('begin', [2], { when: 'before', error }),
  });
  const result = await rollout(pool, options(quick));
  expect(result).toMatchObject({ outcome: 'stuck', replaced: [] });
  expect(result.reason).toContain('The way back to "v1" is blocked');
});

test('the balancer fails all new members: none of the old ones goes', async () => {
  const { pool, options } = createBench();
  const blind: MemoryPool = Object.assign(Object.create(pool), {
    observe: async () => {
      const observation = await pool.observe();
      const members = observation.members.map((member) =>
        isOld(member) ? member : { ...member, verdict: 'unhealthy' as const },
      );
      return { ...observation, members };
    },
  });
  const result = await rollout(blind, options(quick));
  expect(result).toMatchObject({ outcome: 'rolled-back' });
  expect(result.replaced.toSorted()).toEqual(['m4', 'm5', 'm6']);
  expect(result.reason).toContain('the balancer says unhealthy, the probe says answered 200');
  expectSafe(pool);
});

test('a drain that fails pauses with nothing evicted, or goes on when told to', async () => {
  const failure = {
    failure: ({ method }: PoolCall) =>
      method === 'drain' ? { when: 'before' as const } : undefined,
  };
  const stopping = createBench(failure);
  expect(await rollout(stopping.pool, stopping.options())).toMatchObject({
    outcome: 'paused',
    replaced: [],
  });
  expect(stopping.warnings()).toContain('drain-failed');
  expectSafe(stopping.pool);
  const going = createBench(failure);
  expect(
    await rollout(going.pool, going.options({ drain: { onFailure: 'continue' } })),
  ).toMatchObject({
    outcome: 'completed',
  });
});

test('a drain that the balancer does not notice is ordered again, and then pauses it', async () => {
  for (const onFailure of ['stop', 'continue'] as const) {
    const { pool, options, decisions } = createBench({ lameDuckMs: 600_000 });
    const deaf: MemoryPool = Object.assign(Object.create(pool), { drain: async () => undefined });
    const result = await rollout(deaf, options({ drain: { onFailure } }));
    expect(result.outcome).toBe(onFailure === 'stop' ? 'paused' : 'completed');
    expect(decisions().filter((one) => one.startsWith('drain: Drain 3 again'))).toHaveLength(2);
    if (onFailure === 'stop') {
      expect(result.reason).toContain('its health does not fail when it is told to drain');
      expectSafe(pool);
    }
  }
});

test('a drain that hangs is given up after its time', async () => {
  const { pool, options } = createBench();
  const hanging: MemoryPool = Object.assign(Object.create(pool), {
    drain: () => new Promise<void>(() => undefined),
  });
  const result = await rollout(hanging, options());
  expect(result).toMatchObject({ outcome: 'paused' });
  expect(result.reason).toContain('No answer within 30000 ms');
});

test('the runner cannot reach the members: the probe is wrong, not the release', async () => {
  const { pool, options } = createBench();
  const probe = async (): Promise<never> => Promise.reject(new TypeError('connect ETIMEDOUT'));
  const result = await rollout(pool, options({ probe }));
  expect(result).toMatchObject({ outcome: 'refused', mutations: 0 });
  expect(result.reason).toContain('connect ETIMEDOUT (the probe is wrong, not the release)');
});

test('a broken pool is rolled forward, and it is said', async () => {
  const { pool, options, clock, warnings } = createBench({
    isHealthy: ({ template }) => template === 'v2',
  });
  await clock.sleep(20_000);
  expect(await rollout(pool, options())).toMatchObject({ outcome: 'completed' });
  expect(warnings()).toContain('broken-start');
});

test('a broken pool without room is rolled forward in place, one at a time', async () => {
  const { pool, options, clock } = createBench({
    isHealthy: ({ template }) => template === 'v2',
    quota: 3,
  });
  await clock.sleep(20_000);
  expect(await rollout(pool, options())).toMatchObject({ outcome: 'completed', peak: 3 });
});

for (const size of [0, 1]) {
  test(`a pool of ${size} is rolled out`, async () => {
    const { pool, options } = createBench({ size });
    expect(await rollout(pool, options())).toMatchObject({ outcome: 'completed', size });
    expect((await pool.observe()).template).toBe('v2');
    expectSafe(pool, size);
  });
}

test('a pool that must not be touched is refused', async () => {
  const { pool, options } = createBench({ refusal: 'managed by sks-nodepool' });
  const result: RolloutResult = await rollout(pool, options());
  expect(result).toMatchObject({ outcome: 'refused', mutations: 0 });
  expect(result.reason).toContain('managed by sks-nodepool');
});

test('a protected member stays, and it is said', async () => {
  const { pool, options, warnings } = createBench({ protectedCount: 1 });
  const result = await rollout(pool, options());
  expect(result).toMatchObject({ outcome: 'completed', replaced: ['m2', 'm3'] });
  expect(warnings()).toContain('protected-members');
  expect(await templatesOf(pool)).toEqual(['v1', 'v2', 'v2']);
  expectSafe(pool);
});

test('annotations of another version are not touched', async () => {
  const { pool, options } = createBench({
    annotations: { 'exoship-schema': '2', 'exoship-rollout': 'x' },
  });
  expect(await rollout(pool, options())).toMatchObject({ outcome: 'stuck', mutations: 0 });
});
