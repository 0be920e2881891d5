import { expect, test } from 'vitest';
import { rollout } from '../src/index.ts';
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
