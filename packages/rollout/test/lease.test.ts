import { expect, test } from 'vitest';
import { controlRollout, readRollout, rollout } from '../src/index.ts';
import { createBench, templatesOf } from './harness.ts';
import { createMortal } from './mortal.ts';

test('two controllers that start together: one works, the other ends without a change', async () => {
  for (const headStartMs of [0, 1, 50, 100, 150, 250, 500, 1_000, 3_000, 30_000, 70_000]) {
    const { pool, clock, options } = createBench();
    const first = rollout(pool, options({ exclusive: false, owner: 'one', rolloutId: 'one' }));
    await clock.sleep(headStartMs);
    const second = rollout(pool, options({ exclusive: false, owner: 'two', rolloutId: 'two' }));
    const outcomes = (await Promise.all([first, second])).map(({ outcome }) => outcome);
    expect(outcomes.toSorted(), `${headStartMs} ms`).toEqual(
      outcomes.includes('unchanged') ? ['completed', 'unchanged'] : ['completed', 'locked'],
    );
    expect(await templatesOf(pool)).toEqual(['v2', 'v2', 'v2']);
    expect({ cut: pool.cut, minServing: pool.minServing, peak: pool.peak }).toEqual({
      cut: [],
      minServing: 3,
      peak: 6,
    });
  }
});

test('a second controller waits for the lease of a dead one to run out, and says whose it is', async () => {
  const { pool, clock, options, events } = createBench();
  const mortal = createMortal(pool, clock, { call: 8, when: 'after-effect' });
  void rollout(mortal.pool, options({ clock: mortal.clock, owner: 'job 17' }));
  await mortal.died;
  const result = await rollout(pool, options({ exclusive: false }));
  expect(result).toMatchObject({ outcome: 'completed', rolloutId: 'r1' });
  expect(result.wallMs).toBeGreaterThan(250_000);
  const awaited = events.find((event) => event.type === 'lease-awaited');
  expect(awaited?.owner).toMatch(/^job 17\//);
});

test('whoever waits for a lease goes on as soon as it is given back', async () => {
  const { pool, clock, options, control } = createBench();
  const mortal = createMortal(pool, clock, { call: 8, when: 'after-effect' });
  void rollout(mortal.pool, options({ clock: mortal.clock, owner: 'job 17' }));
  await mortal.died;
  const waiting = rollout(pool, options({ exclusive: false }));
  await clock.sleep(30_000);
  await controlRollout(pool, 'unlock', control());
  const result = await waiting;
  expect(result).toMatchObject({ outcome: 'completed', rolloutId: 'r1' });
  expect(result.wallMs).toBeLessThan(200_000);
});

test('a lease that ends in another century is not waited for', async () => {
  const { pool, clock, events, options } = createBench();
  const mortal = createMortal(pool, clock, { call: 8, when: 'after-effect' });
  void rollout(mortal.pool, options({ clock: mortal.clock, owner: 'job 17' }));
  await mortal.died;
  const { annotations } = await pool.observe();
  pool.overwrite({ annotations: { ...annotations, 'exoship-until': '2199-01-01T00:00:00.000Z' } });
  const result = await rollout(pool, options({ exclusive: false }));
  expect(result).toMatchObject({ outcome: 'locked', mutations: 0 });
  expect(result.wallMs).toBeLessThan(1_000);
  expect(result.reason).toContain('until 2199-01-01T00:00:00.000Z, which no lease lasts');
  expect(events.filter(({ type }) => type === 'lease-awaited')).toEqual([]);
  expect(await rollout(pool, options())).toMatchObject({ outcome: 'completed' });
});

test.each([true, false])(
  'a pool that swallows what is written ends the rollout, exclusive or not: %s',
  async (exclusive) => {
    const { pool, options } = createBench();
    const forgetful = { ...pool, begin: async () => {}, settle: async () => {} };
    const result = await rollout(forgetful, options({ exclusive, progressDeadlineMs: 60_000 }));
    expect(result.outcome).toBe('refused');
    expect(result.reason).toContain('what is written does not show on the pool');
    expect(await templatesOf(pool)).toEqual(['v1', 'v1', 'v1']);
  },
);

test('a record of a later version that shows up before the lease is taken is not written over', async () => {
  const { pool, options } = createBench();
  let looks = 0;
  const later = { 'exoship-schema': '2', 'exoship-rollout': 'r9' };
  const observe: typeof pool.observe = (given) => {
    looks += 1;
    if (looks === 2) pool.overwrite({ annotations: later });
    return pool.observe(given);
  };
  const result = await rollout({ ...pool, observe }, options());
  expect(result.outcome).toBe('stuck');
  expect(result.reason).toContain('cannot be read');
  expect((await pool.observe()).annotations).toEqual(later);
});

test('a lease that is renewed while it is waited for ends the wait: locked, by whom and until when', async () => {
  const { pool, clock, options, control } = createBench();
  const first = rollout(pool, options({ bakeTimeMs: 900_000, owner: 'job 17' }));
  await clock.sleep(60_000);
  const second = await rollout(pool, options({ exclusive: false, rolloutId: 'r2' }));
  expect(second).toMatchObject({ outcome: 'locked', mutations: 0 });
  expect(second.reason).toMatch(/^"job 17\/id-\d+" holds the lease until 2030-/);
  const rollback = await controlRollout(pool, 'rollback', control({ exclusive: false }));
  expect(rollback).toMatchObject({ outcome: 'locked', mutations: 0 });
  expect(await first).toMatchObject({ outcome: 'completed' });
});

test('an exclusive controller takes over at once, and the old one keeps its hands off', async () => {
  const { pool, clock, options } = createBench();
  const first = rollout(pool, options({ bakeTimeMs: 900_000, owner: 'one' }));
  await clock.sleep(120_000);
  const second = await rollout(pool, options({ owner: 'two' }));
  expect(second).toMatchObject({ outcome: 'completed', rolloutId: 'r1' });
  const loser = await first;
  expect(loser).toMatchObject({ outcome: 'locked', replaced: [] });
  expect(loser.reason).toContain('"two/');
  expect({ cut: pool.cut, minServing: pool.minServing, violations: pool.violations }).toEqual({
    cut: [],
    minServing: 3,
    violations: [],
  });
});

test('a superseding rollout takes over, and the superseded one ends', async () => {
  const { pool, clock, options } = createBench();
  const first = rollout(pool, options({ strategy: { kind: 'one-by-one' } }));
  await clock.sleep(100_000);
  const second = await rollout(pool, options({ template: 'v3', rolloutId: 'r3' }));
  expect(second).toMatchObject({ outcome: 'completed', from: 'v1', to: 'v3', size: 3 });
  expect(await first).toMatchObject({ outcome: 'locked' });
  expect((await first).reason).toMatch(/Superseded by rollout "r3" to "v3"|has vanished/);
  expect(await templatesOf(pool)).toEqual(['v3', 'v3', 'v3']);
  expect({ cut: pool.cut, minServing: pool.minServing }).toEqual({ cut: [], minServing: 3 });
});

test('a bad superseding rollout goes back to the last whole version', async () => {
  const { pool, clock, options } = createBench({ isHealthy: ({ template }) => template !== 'v3' });
  const first = rollout(pool, options({ strategy: { kind: 'one-by-one' } }));
  await clock.sleep(100_000);
  const gate = { healthyDeadlineMs: 60_000 };
  const second = await rollout(pool, options({ template: 'v3', rolloutId: 'r3', gate }));
  expect(second).toMatchObject({ outcome: 'rolled-back', from: 'v1', to: 'v3' });
  await first;
  expect(await templatesOf(pool)).toEqual(['v1', 'v1', 'v1']);
  expect({ cut: pool.cut, minServing: pool.minServing }).toEqual({ cut: [], minServing: 3 });
});

test('a controller that wakes up after its lease was taken makes no change', async () => {
  const { pool, clock, options } = createBench();
  const sleepy = {
    ...clock,
    now: () => clock.now(),
    monotonicMs: () => clock.monotonicMs(),
    // The machine is suspended once, in the middle of waiting for proof.
    sleep: async (
      ms: number,
      extra?: { readonly signal?: AbortSignal | undefined },
    ): Promise<void> => {
      const isTurn = ms === 5_000 && clock.monotonicMs() > 20_000 && clock.monotonicMs() < 30_000;
      await clock.sleep(isTurn ? 1_000_000 : ms, extra);
    },
  };
  const first = rollout(pool, options({ clock: sleepy, owner: 'zombie', exclusive: false }));
  await clock.sleep(40_000);
  const second = await rollout(pool, options({ exclusive: false, owner: 'other' }));
  expect(second).toMatchObject({ outcome: 'completed' });
  const made = pool.mutations.length;
  // The other one has finished the very rollout that the zombie remembers.
  expect(await first).toMatchObject({ outcome: 'completed', replaced: [] });
  expect(pool.mutations).toHaveLength(made);
});

test('a long wait renews the lease at half time', async () => {
  const { pool, clock, options, decisions } = createBench();
  const rolling = rollout(pool, options({ bakeTimeMs: 900_000, leaseMs: 120_000 }));
  for (let minute = 0; minute < 15; minute += 1) {
    await clock.sleep(60_000);
    const { active } = readRollout(await pool.observe());
    expect(active?.until?.getTime()).toBeGreaterThan(clock.now().getTime());
  }
  expect(await rolling).toMatchObject({ outcome: 'completed' });
  expect(decisions().filter((line) => line.startsWith('renew')).length).toBeGreaterThan(10);
});

test('an unlock removes a dead controller, and a live one notices', async () => {
  const { pool, clock, options, control } = createBench();
  const first = rollout(pool, options({ bakeTimeMs: 900_000, exclusive: false }));
  await clock.sleep(120_000);
  expect(await controlRollout(pool, 'unlock', control({ exclusive: false }))).toMatchObject({
    outcome: 'interrupted',
    mutations: 1,
  });
  expect(await first).toMatchObject({ outcome: 'locked', replaced: [] });
  expect(await rollout(pool, options({ exclusive: false }))).toMatchObject({
    outcome: 'completed',
  });
});

test('a lease that somebody took during a pause is not written over', async () => {
  let begins = 0;
  const bench = createBench({
    failure: ({ method }) => {
      if (method !== 'begin') return undefined;
      begins += 1;
      return { when: 'before' };
    },
  });
  const { pool, clock, options } = bench;
  const started = rollout(pool, options({ exclusive: false, leaseSettleMs: 1_000 }));
  // The first write has failed and been looked for; the second is due in some seconds.
  await clock.sleep(4_000);
  expect(begins).toBe(1);
  pool.overwrite({
    annotations: {
      'exoship-schema': '1',
      'exoship-rollout': 'r9',
      'exoship-from': 'v1',
      'exoship-to': 'v9',
      'exoship-size': '3',
      'exoship-phase': 'rolling',
      'exoship-owner': 'another/1',
      'exoship-until': new Date(clock.now().getTime() + 60_000).toISOString(),
    },
  });
  const result = await started;
  expect(result).toMatchObject({ outcome: 'locked' });
  expect(result.reason).toContain('"another/1" holds the lease');
  expect(begins).toBe(1);
});

test('a pause by force ends a live controller at any moment, whatever that is doing', async () => {
  const outcomes = new Set<string>();
  for (let afterMs = 0; afterMs < 120_000; afterMs += 150) {
    const { pool, clock, options, control } = createBench({ latencyMs: 400 });
    const first = rollout(pool, options());
    await clock.sleep(afterMs);
    const pause = await controlRollout(pool, 'pause', control());
    const { outcome } = await first;
    outcomes.add(`${pause.outcome}, ${outcome}`);
    const { state } = readRollout(await pool.observe());
    expect(state, `${afterMs} ms`).toBe(pause.outcome === 'paused' ? 'paused' : 'idle');
    if (pause.outcome === 'paused') {
      const { outcome: resumed } = await controlRollout(pool, 'resume', control());
      expect(resumed, `${afterMs} ms`).toBe('completed');
    }
    expect(await templatesOf(pool)).toEqual(['v2', 'v2', 'v2']);
    expect({ cut: pool.cut, minServing: pool.minServing }).toEqual({ cut: [], minServing: 3 });
  }
  // It came in time, or too early or too late to find anything to pause; it may still have ended the holder then.
  expect([...outcomes].toSorted()).toEqual([
    'paused, paused',
    'unchanged, completed',
    'unchanged, paused',
  ]);
});

test('a note that may not be written says so at once', async () => {
  const { pool, clock, options, control } = createBench({
    failure: ({ method, at }) =>
      method === 'settle' && at.getTime() >= pauseAtMs
        ? { when: 'before', error: Object.assign(new Error('Not yours'), { reason: 'forbidden' }) }
        : undefined,
  });
  let pauseAtMs = Number.POSITIVE_INFINITY;
  const mortal = createMortal(pool, clock, { call: 8, when: 'after-effect' });
  void rollout(mortal.pool, options({ clock: mortal.clock }));
  await mortal.died;
  await clock.sleep(60_000);
  pauseAtMs = 0;
  expect(await controlRollout(pool, 'pause', control())).toMatchObject({
    outcome: 'stuck',
    reason: 'The note could not be written: Not yours',
    mutations: 1,
  });
});
