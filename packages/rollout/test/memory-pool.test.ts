import { expect, test } from 'vitest';
import { createManualClock, createMemoryPool } from '../src/testing.ts';

test('createMemoryPool() boots, admits, drains and cuts as a cloud does', async () => {
  const clock = createManualClock();
  const pool = createMemoryPool({ clock, size: 1, template: 'v1', bootMs: 12_000, latencyMs: 0 });
  const verdicts = async (): Promise<readonly string[]> =>
    (await pool.observe()).members.map(({ id, state, verdict }) => `${id} ${state} ${verdict}`);
  await pool.grow(2);
  expect(await verdicts()).toEqual(['m1 running healthy', 'm2 starting unknown']);
  expect((await pool.observe()).status).toBe('changing');
  await clock.sleep(12_000);
  expect(await verdicts()).toEqual(['m1 running healthy', 'm2 running unknown']);
  await clock.sleep(3_000);
  expect(await verdicts()).toEqual(['m1 running healthy', 'm2 running healthy']);
  const [first] = (await pool.observe()).members;
  if (first === undefined) throw new TypeError('The pool is empty');
  await pool.drain(first);
  expect(await pool.probe(first)).toEqual({ passed: false, detail: 'answered 503' });
  await clock.sleep(5_000);
  expect(await verdicts()).toContain('m1 running healthy');
  await clock.sleep(5_000);
  expect(await verdicts()).toContain('m1 running unhealthy');
  await pool.evict(['m1']);
  expect(pool.cut).toEqual([]);
  await clock.sleep(2_000);
  await pool.evict(['m2']);
  expect(pool.cut).toEqual(['m2']);
});

test('createMemoryPool() refuses what a cloud refuses', async () => {
  const clock = createManualClock();
  const pool = createMemoryPool({ clock, size: 2, template: 'v1', quota: 3 });
  await expect(pool.grow(4)).rejects.toMatchObject({ reason: 'quota' });
  await expect(pool.evict(['m9'])).rejects.toMatchObject({ reason: 'gone' });
  expect(await pool.capacity()).toBe(1);
  await pool.grow(3);
  await expect(pool.settle({})).rejects.toMatchObject({ reason: 'busy' });
  expect(pool.violations).toEqual(['settle while the pool was changing']);
});

test.each([
  [undefined, TypeError, 'Option "clock" must be a clock'],
  [{ size: 1, template: 'v1' }, TypeError, 'Option "clock" must be a clock'],
  [{ clock: createManualClock(), template: 'v1' }, RangeError, 'Option "size" must be a whole'],
  [{ clock: createManualClock(), size: 1 }, TypeError, 'Option "template" must be the id'],
])('createMemoryPool() refuses options that lack something: %#', (options, kind, message) => {
  expect(() => createMemoryPool(options as never)).toThrow(kind);
  expect(() => createMemoryPool(options as never)).toThrow(message);
});

test('createMemoryPool() fails calls before or after their effect', async () => {
  const clock = createManualClock();
  const pool = createMemoryPool({
    clock,
    size: 1,
    template: 'v1',
    failure: ({ index }) => ({ when: index === 1 ? 'before' : 'after' }),
  });
  await expect(pool.begin('v2', {})).rejects.toThrow('Connection lost');
  const before = await pool.observe().catch(() => undefined);
  expect(before).toBeUndefined();
  await expect(pool.begin('v3', {})).rejects.toThrow('Connection lost');
  expect(pool.mutations.map(({ template }) => template)).toEqual(['v2', 'v3']);
});

test('createMemoryPool() heals itself with the template that it has now', async () => {
  const clock = createManualClock();
  const pool = createMemoryPool({ clock, size: 2, template: 'v1' });
  pool.overwrite({ template: 'v2' });
  pool.kill('m1');
  await clock.sleep(60_000);
  const { members, size } = await pool.observe();
  expect(members.map(({ template }) => template)).toEqual(['v1', 'v2']);
  expect(size).toBe(2);
});
