import { expect, test } from 'vitest';
import { type RolloutOptions, rollout } from '../src/index.ts';
import { type Bench, createBench, templatesOf } from './harness.ts';

/** Sizes asked for, and how many went at a time: the shape of a strategy. */
function shapeOf({ pool }: Bench): readonly string[] {
  return pool.mutations.flatMap(({ method, size, ids }) => {
    if (method === 'grow') return `grow to ${size}`;
    return method === 'evict' ? `evict ${ids?.length}` : [];
  });
}

async function shape(
  size: number,
  options: Partial<RolloutOptions>,
  quota?: number,
): Promise<readonly string[]> {
  const bench = createBench({ size, quota });
  const result = await rollout(bench.pool, bench.options(options));
  expect(result).toMatchObject({ outcome: 'completed', size });
  expect(await templatesOf(bench.pool)).toEqual(Array.from({ length: size }, () => 'v2'));
  expect(bench.pool.violations).toEqual([]);
  expect(bench.pool.cut).toEqual([]);
  return shapeOf(bench);
}

test('rollout() doubles when nothing else is said and the quota allows it', async () => {
  expect(await shape(5, {})).toEqual(['grow to 10', 'evict 5']);
});

test('rollout() grows by powers of two when nothing else is said and the quota is small', async () => {
  expect(await shape(8, {}, 11)).toEqual([
    'grow to 9',
    'grow to 11',
    'evict 3',
    'grow to 11',
    'evict 3',
    'grow to 10',
    'evict 2',
  ]);
});

test('rollout() proves one before it doubles when asked to', async () => {
  expect(await shape(4, { strategy: { kind: 'double', proveFirst: true } })).toEqual([
    'grow to 5',
    'grow to 8',
    'evict 4',
  ]);
});

test('rollout() keeps the old ones through an exponential growth while there is room', async () => {
  expect(await shape(7, { strategy: { kind: 'exponential' } })).toEqual([
    'grow to 8',
    'grow to 10',
    'grow to 14',
    'evict 7',
  ]);
});

test('rollout() goes in batches, with one member first', async () => {
  expect(await shape(5, { strategy: { kind: 'batch', size: 2 } })).toEqual([
    'grow to 6',
    'evict 1',
    'grow to 7',
    'evict 2',
    'grow to 7',
    'evict 2',
  ]);
});

test('rollout() goes in batches of a quarter, rounded up, at once when told to', async () => {
  expect(await shape(6, { strategy: { kind: 'batch', proveFirst: false } })).toEqual([
    'grow to 8',
    'evict 2',
    'grow to 8',
    'evict 2',
    'grow to 8',
    'evict 2',
  ]);
});

test('rollout() goes one by one', async () => {
  expect(await shape(3, { strategy: { kind: 'one-by-one' } })).toEqual([
    'grow to 4',
    'evict 1',
    'grow to 4',
    'evict 1',
    'grow to 4',
    'evict 1',
  ]);
});

test('rollout() stays within an explicit surge, whatever the strategy would like', async () => {
  const bench = createBench({ size: 4 });
  await rollout(bench.pool, bench.options({ strategy: { kind: 'double' }, maxSurge: '25%' }));
  expect(bench.pool.peak).toBe(5);
});

test('rollout() replaces in place with no surge at all', async () => {
  const bench = createBench({ size: 4 });
  const result = await rollout(bench.pool, bench.options({ maxSurge: 0, maxUnavailable: '50%' }));
  expect(result.outcome).toBe('completed');
  expect(bench.pool.peak).toBe(4);
  expect(bench.pool.minServing).toBe(2);
  expect(bench.pool.cut).toEqual([]);
});

test('rollout() tries a canary beside all the old ones, then goes on by itself', async () => {
  const strategy = { kind: 'canary', approval: 'automatic', bakeTimeMs: 60_000 } as const;
  const bench = createBench({ size: 4 });
  const result = await rollout(bench.pool, bench.options({ strategy }));
  expect(result.outcome).toBe('completed');
  expect(shapeOf(bench)).toEqual(['grow to 5', 'grow to 8', 'evict 4']);
  const [first, second] = bench.pool.mutations.filter(({ method }) => method === 'grow');
  expect(Number(second?.at) - Number(first?.at)).toBeGreaterThan(60_000 + 30_000);
});

test('rollout() follows the canary with the strategy that is asked for', async () => {
  const strategy = {
    kind: 'canary',
    count: '25%',
    approval: 'automatic',
    rest: { kind: 'batch', size: 3 },
  } as const;
  expect(await shape(8, { strategy, maxSurge: 3 })).toEqual([
    'grow to 10',
    'evict 2',
    'grow to 11',
    'evict 3',
    'grow to 11',
    'evict 3',
  ]);
});

test('rollout() runs a bad canary on one member and takes it back', async () => {
  const bench = createBench({ size: 4, isHealthy: ({ template }) => template === 'v1' });
  const result = await rollout(
    bench.pool,
    bench.options({ strategy: { kind: 'canary' }, gate: { healthyDeadlineMs: 60_000 } }),
  );
  expect(result).toMatchObject({ outcome: 'rolled-back', replaced: ['m5'] });
  expect(bench.pool.minServing).toBe(4);
});

test('rollout() keeps the old ones for the bake', async () => {
  const bench = createBench();
  const result = await rollout(
    bench.pool,
    bench.options({ bakeTimeMs: 900_000, progressDeadlineMs: 300_000 }),
  );
  expect(result.outcome).toBe('completed');
  expect(result.wallMs).toBeGreaterThan(900_000);
  expect(bench.pool.violations).toEqual([]);
});

test('rollout() takes unhealthy old members first', async () => {
  const bench = createBench({ isHealthy: ({ id }) => id !== 'm3' });
  await bench.clock.sleep(20_000);
  await rollout(bench.pool, bench.options({ strategy: { kind: 'one-by-one' } }));
  const first = bench.pool.mutations.find(({ method }) => method === 'evict');
  expect(first?.ids).toEqual(['m3']);
});

test('rollout() skips members that match already', async () => {
  const bench = createBench();
  bench.pool.overwrite({ template: 'v2' });
  bench.pool.resize(4);
  await bench.clock.sleep(60_000);
  const result = await rollout(bench.pool, bench.options());
  expect(result).toMatchObject({
    outcome: 'completed',
    from: 'v1',
    size: 4,
    replaced: ['m1', 'm2', 'm3'],
  });
  expect(await templatesOf(bench.pool)).toEqual(['v2', 'v2', 'v2', 'v2']);
});

test('rollout() replaces a member of the right template that an earlier drain has stopped', async () => {
  const bench = createBench({ lameDuckMs: 1_000 });
  bench.pool.overwrite({ template: 'v2' });
  bench.pool.resize(4);
  await bench.clock.sleep(60_000);
  const stopped = (await bench.pool.observe()).members.find(({ template }) => template === 'v2');
  if (stopped !== undefined) await bench.pool.drain(stopped);
  await bench.clock.sleep(60_000);
  const result = await rollout(bench.pool, bench.options());
  expect(result).toMatchObject({ outcome: 'completed', size: 4 });
  expect(result.replaced.toSorted()).toEqual(['m1', 'm2', 'm3', 'm4']);
  expect(bench.pool.cut).toEqual([]);
});
