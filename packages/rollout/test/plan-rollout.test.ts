import { expect, test } from 'vitest';
import { planRollout, type RolloutPlan, rollout } from '../src/index.ts';
import { createBench } from './harness.ts';

function print({ outcome, peak, minServing, wallMs, steps }: RolloutPlan): readonly string[] {
  return [
    `${outcome} in ${wallMs} ms, peak ${peak}, serving ${minServing}`,
    ...steps.map(({ atMs, action, reason }) => `${atMs} ${action}: ${reason}`),
  ];
}

test('planRollout() tells the steps, the peak and the time of a double', async () => {
  const { pool } = createBench();
  expect(print(planRollout(await pool.observe(), { template: 'v2' }))).toMatchInlineSnapshot(`
    [
      "completed in 107000 ms, peak 6, serving 3",
      "0 begin: Set the template to "v2" and take the lease",
      "0 grow: Grow by 3: 0 of 3 are on "v2", 3 wanted now, room for 3 within surge 3, capacity not limited",
      "10000 wait: Wait for proof: 0 of 3 proved, 3 under test, 0 on their way",
      "80000 drain: Drain 3 before evicting 3 of 3: 6 present - 3 and 6 serving - 3 leave at least 3",
      "80000 wait: Wait out the drain of 3: 17000 ms until no balancer sends to them and what is under way is answered",
      "97000 evict: Evict 3 of 3 that are not wanted: 6 present - 3 and 3 serving - 0 leave at least 3",
      "107000 finish: All 3 of 3 members on "v2" are proved, nothing is left over",
    ]
  `);
});

test('planRollout() fits the plan to the capacity', async () => {
  const { pool } = createBench({ size: 4 });
  const plan = planRollout(await pool.observe(), { template: 'v2', capacity: 2 });
  expect(print(plan)).toMatchInlineSnapshot(`
    [
      "completed in 321000 ms, peak 6, serving 4",
      "0 begin: Set the template to "v2" and take the lease",
      "0 grow: Grow by 1: 0 of 4 are on "v2", 1 wanted now, room for 4 within surge 4, capacity 2",
      "10000 wait: Wait for proof: 0 of 4 proved, 1 under test, 0 on their way",
      "80000 drain: Drain 1 before evicting 1 of 4: 5 present - 1 and 5 serving - 1 leave at least 4",
      "80000 wait: Wait out the drain of 1: 17000 ms until no balancer sends to them and what is under way is answered",
      "97000 evict: Evict 1 of 4 that are not wanted: 5 present - 1 and 4 serving - 0 leave at least 4",
      "107000 grow: Grow by 2: 1 of 4 are on "v2", 2 wanted now, room for 4 within surge 4, capacity 2",
      "117000 wait: Wait for proof: 1 of 4 proved, 2 under test, 0 on their way",
      "187000 drain: Drain 2 before evicting 2 of 3: 6 present - 2 and 6 serving - 2 leave at least 4",
      "187000 wait: Wait out the drain of 2: 17000 ms until no balancer sends to them and what is under way is answered",
      "204000 evict: Evict 2 of 3 that are not wanted: 6 present - 2 and 4 serving - 0 leave at least 4",
      "214000 grow: Grow by 1: 3 of 4 are on "v2", 1 wanted now, room for 4 within surge 4, capacity 2",
      "224000 wait: Wait for proof: 3 of 4 proved, 1 under test, 0 on their way",
      "294000 drain: Drain 1 before evicting 1 of 1: 5 present - 1 and 5 serving - 1 leave at least 4",
      "294000 wait: Wait out the drain of 1: 17000 ms until no balancer sends to them and what is under way is answered",
      "311000 evict: Evict 1 of 1 that are not wanted: 5 present - 1 and 4 serving - 0 leave at least 4",
      "321000 finish: All 4 of 4 members on "v2" are proved, nothing is left over",
    ]
  `);
});

test('planRollout() ends where a person is asked', async () => {
  const { pool } = createBench();
  const plan = planRollout(await pool.observe(), { template: 'v2', strategy: { kind: 'canary' } });
  expect(plan).toMatchObject({ outcome: 'awaiting-approval', peak: 4, minServing: 3 });
});

test('planRollout() has no steps for a pool that is there already', async () => {
  const { pool } = createBench();
  const plan = planRollout(await pool.observe(), { template: 'v1' });
  expect(plan).toMatchObject({ outcome: 'unchanged', steps: [], wallMs: 0 });
});

test('planRollout() plans the same changes that rollout() makes', async () => {
  for (const strategy of [undefined, { kind: 'one-by-one' }, { kind: 'batch', size: 2 }] as const) {
    const { pool, options, events } = createBench({ size: 5 });
    const plan = planRollout(await pool.observe(), { template: 'v2', strategy });
    await rollout(pool, options({ strategy }));
    const changes = ['grow', 'drain', 'evict', 'finish'];
    const made = events.flatMap((event) =>
      event.type === 'decision-made' && changes.includes(event.action) ? event.reason : [],
    );
    const planned = plan.steps.filter(({ action }) => changes.includes(action));
    const plain = (reason: string): string =>
      reason.replace('not limited', '?').replace('Infinity', '?');
    expect(planned.map(({ reason }) => plain(reason))).toEqual(made.map(plain));
    expect(plan.peak).toBe(pool.peak);
  }
});

test('planRollout() refuses an option that it does not know', async () => {
  const { pool } = createBench();
  const observation = await pool.observe();
  const options = { template: 'v2', clock: 'mine' };
  expect(() => planRollout(observation, options)).toThrow(new TypeError('Unknown option "clock"'));
});
