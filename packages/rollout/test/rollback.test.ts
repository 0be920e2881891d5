import { expect, test } from 'vitest';
import { type ControlOptions, rollout } from '../src/index.ts';
import { createBench, templatesOf } from './harness.ts';

const isOld = ({ template }: { template: string }): boolean => template !== 'v2';

test('rollout() goes back by itself when the new members never get healthy', async () => {
  const { pool, options, decisions } = createBench({ isHealthy: isOld });
  const result = await rollout(pool, options({ gate: { healthyDeadlineMs: 60_000 } }));
  expect(decisions()).toMatchInlineSnapshot(`
    [
      "begin: Take the lease of rollout "r1" towards "v2"",
      "measure: Ask how many of 3 more members are granted",
      "grow: Grow by 3: 0 of 3 are on "v2", 3 wanted now, room for 3 within surge 3, capacity not limited",
      "wait: Wait for the pool: scaling",
      "wait: Wait for proof: 0 of 3 proved, 3 under test, 0 on their way",
      "revert: Roll back to "v1": Member "m4" was not proved within 60000 ms: it is running, the balancer says unhealthy, the probe says answered 503",
      "evict: Evict 3 of 3 that are not wanted: they fail, 6 present - 3 and 3 serving - 0 leave at least 3",
      "wait: Wait for the pool: scaling",
      "finish: All 3 of 3 members on "v1" are proved, nothing is left over",
    ]
  `);
  expect(result).toMatchObject({
    outcome: 'rolled-back',
    from: 'v1',
    to: 'v2',
    size: 3,
    minServing: 3,
  });
  expect(await templatesOf(pool)).toEqual(['v1', 'v1', 'v1']);
  expect({ cut: pool.cut, minServing: pool.minServing, violations: pool.violations }).toEqual({
    cut: [],
    minServing: 3,
    violations: [],
  });
});

test('rollout() runs a bad version on one member only when it proves one first', async () => {
  const { pool, options } = createBench({ isHealthy: isOld });
  const result = await rollout(
    pool,
    options({
      strategy: { kind: 'double', proveFirst: true },
      gate: { healthyDeadlineMs: 60_000 },
    }),
  );
  expect(result.outcome).toBe('rolled-back');
  expect(pool.peak).toBe(4);
});

test('rollout() pauses instead when it may not go back by itself', async () => {
  const { pool, options } = createBench({ isHealthy: isOld });
  const result = await rollout(
    pool,
    options({ autoRollback: false, gate: { healthyDeadlineMs: 60_000 } }),
  );
  expect(result.outcome).toBe('paused');
  expect(result.reason).toContain('was not proved within 60000 ms');
  expect(await rollout(pool, options())).toMatchObject({ outcome: 'paused', mutations: 0 });
});

test('rollout() changes nothing when run again after it is finished', async () => {
  const { pool, options } = createBench();
  expect(await rollout(pool, options())).toMatchObject({ outcome: 'completed' });
  expect(await rollout(pool, options({ rolloutId: 'r2' }))).toMatchObject({
    outcome: 'unchanged',
    mutations: 0,
    replaced: [],
  });
});

/** The balancer's check is content with v2; ours is not. */
const answersBadly = (pool: ReturnType<typeof createBench>['pool']): ControlOptions['probe'] => {
  return async (member) =>
    isOld(member) ? await pool.probe(member) : { passed: false, detail: 'answered 500' };
};

test('rollout() goes back after five failed probes of members that clients are sent to', async () => {
  const { pool, options, decisions, clock } = createBench();
  const startedMs = clock.monotonicMs();
  const result = await rollout(pool, options({ probe: answersBadly(pool) }));
  expect(result.outcome).toBe('rolled-back');
  expect(result.reason).toContain(
    'answers clients and has failed 5 probes in a row: it is running, the balancer says healthy, the probe says answered 500',
  );
  expect(decisions().slice(-7)).toEqual([
    expect.stringMatching(/^wait: Wait for proof/),
    expect.stringMatching(/^revert: Roll back to "v1"/),
    expect.stringMatching(/^drain: Drain 3 before evicting 3 of 3: they fail/),
    expect.stringMatching(/^wait: Wait out the drain of 3/),
    expect.stringMatching(/^evict: Evict 3 of 3/),
    expect.stringMatching(/^wait: Wait for the pool/),
    expect.stringMatching(/^finish: /),
  ]);
  // 30 s to boot, 5 s to be admitted, 5 probes, the drain window: not the five minutes of the deadline.
  expect(clock.monotonicMs() - startedMs).toBeLessThan(120_000);
  expect({ cut: pool.cut, minServing: pool.minServing }).toEqual({ cut: [], minServing: 3 });
});

test('rollout() takes as many failed probes as it is told to', async () => {
  const { pool, options, events } = createBench();
  await rollout(pool, options({ probe: answersBadly(pool), gate: { maxFailures: 2 } }));
  const failures = events.filter(({ type }) => type === 'probe-failed');
  const { members } = await pool.observe();
  expect(members.every(isOld)).toBe(true);
  // Each of the three, at most: one before it is admitted, two after, one in the look that decides.
  expect(failures.length).toBeLessThanOrEqual(12);
});

test('rollout() waits for a member that fails its probes out of rotation', async () => {
  const isReady = (member: { template: string }, ageMs: number): boolean =>
    isOld(member) || ageMs > 90_000;
  const { pool, options } = createBench({ isHealthy: isReady });
  const result = await rollout(pool, options({ gate: { maxFailures: 1 } }));
  expect(result.outcome).toBe('completed');
});

test('rollout() drains what fails and what only might fail together on the way back', async () => {
  const { pool, options, decisions } = createBench();
  let looks = 0;
  const result = await rollout(
    pool,
    options({
      probe: async (member) => {
        if (isOld(member)) return await pool.probe(member);
        looks += 1;
        return { passed: member.id !== 'm4' && looks % 2 === 0, detail: 'now and then' };
      },
    }),
  );
  expect(result.outcome).toBe('rolled-back');
  const drains = decisions().filter((decision) => decision.startsWith('drain'));
  expect(drains).toEqual([expect.stringMatching(/^drain: Drain 3 before evicting 3 of 3/)]);
  expect({ cut: pool.cut, minServing: pool.minServing }).toEqual({ cut: [], minServing: 3 });
});
