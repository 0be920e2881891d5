import fc from 'fast-check';
import { expect, test } from 'vitest';
import { controlRollout, type RolloutOptions, rollout, type Strategy } from '../src/index.ts';
import type { PoolCall, PoolFailure } from '../src/testing.ts';
import { createBench, templatesOf } from './harness.ts';

interface Weather {
  readonly size: number;
  readonly strategy: Strategy | undefined;
  readonly maxUnavailable: number;
  readonly room: number;
  readonly isBad: boolean;
  readonly canMeasure: boolean;
  readonly healsStopped: boolean;
  /** Calls that fail, and how. */
  readonly faults: readonly (readonly [number, PoolFailure])[];
  /** When the controller is cancelled. */
  readonly cancelAt: number | undefined;
}

const failureArbitrary: fc.Arbitrary<PoolFailure> = fc.record({
  when: fc.constantFrom('before', 'after'),
  error: fc.constantFrom(
    new TypeError('fetch failed'),
    Object.assign(new Error('Too many requests'), { reason: 'busy' }),
  ),
});

const weatherArbitrary: fc.Arbitrary<Weather> = fc.record({
  size: fc.integer({ min: 1, max: 5 }),
  strategy: fc.constantFrom<Strategy | undefined>(
    undefined,
    { kind: 'double' },
    { kind: 'exponential' },
    { kind: 'batch', size: 2 },
    { kind: 'one-by-one' },
    { kind: 'canary', approval: 'automatic' },
  ),
  maxUnavailable: fc.constantFrom(0, 0, 1),
  room: fc.constantFrom(1, 2, 100),
  isBad: fc.boolean(),
  canMeasure: fc.boolean(),
  healsStopped: fc.boolean(),
  faults: fc.array(fc.tuple(fc.integer({ min: 1, max: 60 }), failureArbitrary), { maxLength: 12 }),
  cancelAt: fc.option(fc.integer({ min: 1, max: 80 }), { nil: undefined }),
});

/** A rollout through bad weather, then as many runs as it takes in good weather. */
async function sail(weather: Weather): Promise<void> {
  const { size, isBad, room } = weather;
  let isCalm = false;
  let asked = 0;
  const faults = new Map(weather.faults);
  const failure = ({ method }: PoolCall): PoolFailure | undefined => {
    asked += 1;
    // A drain that is lost is a drain that fails, and that is a matter of policy: tested elsewhere.
    return isCalm || method === 'drain' ? undefined : faults.get(asked);
  };
  const { pool, options, control } = createBench({
    size,
    failure,
    quota: size + room,
    healsStopped: weather.healsStopped,
    isHealthy: ({ template }) => template === 'v1' || !isBad,
    ...(weather.canMeasure ? {} : { without: ['capacity'] }),
  });
  const rules: Partial<RolloutOptions> = {
    strategy: weather.strategy,
    maxUnavailable: weather.maxUnavailable,
    gate: { healthyDeadlineMs: 60_000 },
  };
  const abort = new AbortController();
  const onEvent = ({ seq }: { readonly seq: number }): void => {
    if (seq === weather.cancelAt) abort.abort();
  };
  const first = await rollout(pool, options({ ...rules, onEvent, signal: abort.signal }));
  isCalm = true;
  let last = first;
  for (
    let run = 0;
    run < 3 && !['completed', 'rolled-back', 'unchanged'].includes(last.outcome);
    run += 1
  ) {
    last =
      last.outcome === 'paused'
        ? await controlRollout(pool, 'resume', control(rules))
        : await rollout(pool, options({ ...rules, rolloutId: `again-${run}` }));
  }
  const story = `first ${first.outcome}: ${first.reason}; last ${last.outcome}: ${last.reason}`;
  expect(['completed', 'rolled-back', 'unchanged'], story).toContain(last.outcome);
  const goal = last.outcome === 'rolled-back' ? 'v1' : 'v2';
  if (isBad) expect(goal, story).toBe('v1');
  expect(await templatesOf(pool), story).toEqual(Array.from({ length: size }, () => goal));
  expect((await pool.observe()).size, story).toBe(size);
  expect({ cut: pool.cut, violations: pool.violations }, story).toEqual({
    cut: [],
    violations: [],
  });
  expect(pool.minServing, story).toBeGreaterThanOrEqual(size - weather.maxUnavailable);
  expect(pool.peak, story).toBeLessThanOrEqual(size + room);
}

test('rollout() stays safe in any weather, and arrives once it clears', async () => {
  await fc.assert(fc.asyncProperty(weatherArbitrary, sail), { numRuns: 150, seed: 7 });
});
