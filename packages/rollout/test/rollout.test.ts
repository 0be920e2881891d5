import { expect, test } from 'vitest';
import { rollout } from '../src/index.ts';
import { createBench, templatesOf } from './harness.ts';

test('rollout() replaces all members, drained, and says why it did what', async () => {
  const { pool, options, decisions } = createBench();
  const result = await rollout(pool, options());
  expect(decisions()).toMatchInlineSnapshot(`
    [
      "begin: Take the lease of rollout "r1" towards "v2"",
      "measure: Ask how many of 3 more members are granted",
      "grow: Grow by 3: 0 of 3 are on "v2", 3 wanted now, room for 3 within surge 3, capacity not limited",
      "wait: Wait for the pool: scaling",
      "wait: Wait for proof: 0 of 3 proved, 3 under test, 0 on their way",
      "drain: Drain 3 before evicting 3 of 3: 6 present - 3 and 6 serving - 3 leave at least 3",
      "wait: Wait out the drain of 3: 17000 ms until no balancer sends to them and what is under way is answered",
      "evict: Evict 3 of 3 that are not wanted: 6 present - 3 and 3 serving - 0 leave at least 3",
      "wait: Wait for the pool: scaling",
      "finish: All 3 of 3 members on "v2" are proved, nothing is left over",
    ]
  `);
  expect(result).toMatchInlineSnapshot(`
    {
      "from": "v1",
      "minServing": 3,
      "mutations": 7,
      "outcome": "completed",
      "peak": 6,
      "reads": 24,
      "reason": "All 3 of 3 members on "v2" are proved, nothing is left over",
      "replaced": [
        "m1",
        "m2",
        "m3",
      ],
      "rolloutId": "r1",
      "size": 3,
      "to": "v2",
      "wallMs": 72000,
    }
  `);
  expect(await templatesOf(pool)).toEqual(['v2', 'v2', 'v2']);
  expect({
    cut: pool.cut,
    minServing: pool.minServing,
    peak: pool.peak,
    violations: pool.violations,
  }).toEqual({
    cut: [],
    minServing: 3,
    peak: 6,
    violations: [],
  });
});
