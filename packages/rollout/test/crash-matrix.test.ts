import { expect, test } from 'vitest';
import { type Outcome, type RolloutOptions, rollout } from '../src/index.ts';
import type { MemoryPoolOptions } from '../src/testing.ts';
import { createBench, templatesOf } from './harness.ts';
import { createMortal, type Death } from './mortal.ts';

interface Scenario {
  readonly name: string;
  readonly pool?: Partial<MemoryPoolOptions>;
  readonly options?: Partial<RolloutOptions>;
  readonly outcome: Outcome;
  readonly peak: number;
}

const quick = { gate: { healthyDeadlineMs: 60_000 } } as const;
const isOld = ({ template }: { readonly template: string }): boolean => template === 'v1';
const scenarios: readonly Scenario[] = [
  { name: 'double', outcome: 'completed', peak: 6 },
  {
    name: 'double, drained by stopping',
    pool: { drainState: 'stopping' },
    outcome: 'completed',
    peak: 6,
  },
  {
    name: 'one by one',
    options: { strategy: { kind: 'one-by-one' }, gate: { intervalMs: 10_000 } },
    outcome: 'completed',
    peak: 4,
  },
  {
    name: 'exponential with little quota',
    pool: { quota: 5 },
    options: { strategy: { kind: 'exponential' } },
    outcome: 'completed',
    peak: 5,
  },
  {
    name: 'canary and bake',
    options: {
      strategy: { kind: 'canary', approval: 'automatic', bakeTimeMs: 20_000 },
      bakeTimeMs: 30_000,
    },
    outcome: 'completed',
    peak: 6,
  },
  {
    name: 'a bad version, doubled',
    pool: { isHealthy: isOld },
    options: quick,
    outcome: 'rolled-back',
    peak: 6,
  },
  {
    name: 'a bad version, one by one',
    pool: { isHealthy: isOld },
    options: { ...quick, strategy: { kind: 'one-by-one' } },
    outcome: 'rolled-back',
    peak: 4,
  },
];

for (const scenario of scenarios) {
  test(`rollout() resumes after a crash at any call: ${scenario.name}`, async () => {
    const survived = await countCalls(scenario);
    expect(survived).toBeGreaterThan(5);
    for (let call = 1; call <= survived; call += 1) {
      await crashAndResume(scenario, { call, when: 'before-send' });
      await crashAndResume(scenario, { call, when: 'after-effect' });
    }
  });
}

async function countCalls(scenario: Scenario): Promise<number> {
  const { pool, clock, options } = createBench(scenario.pool);
  const mortal = createMortal(pool, clock, { call: Number.POSITIVE_INFINITY, when: 'before-send' });
  const result = await rollout(mortal.pool, options({ ...scenario.options, clock: mortal.clock }));
  expect(result.outcome).toBe(scenario.outcome);
  return mortal.calls();
}

async function crashAndResume(scenario: Scenario, death: Death): Promise<void> {
  const { pool, clock, options } = createBench(scenario.pool);
  const mortal = createMortal(pool, clock, death);
  void rollout(mortal.pool, options({ ...scenario.options, clock: mortal.clock }));
  await mortal.died;
  const result = await rollout(pool, options({ ...scenario.options, rolloutId: 'r2' }));
  const where = `${scenario.name}, killed at call ${death.call} ${death.when}: ${result.reason}`;
  // A rollout whose last write went out is finished; one that was rolled back starts again and goes back again.
  const outcomes = scenario.outcome === 'completed' ? ['completed', 'unchanged'] : ['rolled-back'];
  expect(outcomes, where).toContain(result.outcome);
  const goal = scenario.outcome === 'completed' ? 'v2' : 'v1';
  expect(await templatesOf(pool), where).toEqual([goal, goal, goal]);
  expect(
    {
      cut: pool.cut,
      minServing: pool.minServing,
      violations: pool.violations,
      isWithinSurge: pool.peak <= scenario.peak,
    },
    where,
  ).toEqual({ cut: [], minServing: 3, violations: [], isWithinSurge: true });
  const again = await rollout(pool, options({ ...scenario.options, template: goal }));
  expect(again, where).toMatchObject({ outcome: 'unchanged', mutations: 0 });
}
