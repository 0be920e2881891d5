import { expect, test } from 'vitest';
import { type Control, controlRollout, readRollout, rollout } from '../src/index.ts';
import { type Bench, createBench, templatesOf } from './harness.ts';

const canary = { kind: 'canary' } as const;

async function atCanary(): Promise<Bench> {
  const bench = createBench();
  const result = await rollout(bench.pool, bench.options({ strategy: canary }));
  expect(result).toMatchObject({ outcome: 'awaiting-approval' });
  return bench;
}

test('controlRollout() approves a canary and does the rest', async () => {
  const { pool, control, options } = await atCanary();
  expect(readRollout(await pool.observe())).toMatchObject({ state: 'awaiting-approval' });
  expect(await templatesOf(pool)).toEqual(['v1', 'v1', 'v1', 'v2']);
  expect(await rollout(pool, options({ strategy: canary }))).toMatchObject({
    outcome: 'awaiting-approval',
    mutations: 0,
  });
  const result = await controlRollout(pool, 'approve', control({ strategy: canary }));
  expect(result).toMatchObject({ outcome: 'completed', rolloutId: 'r1', from: 'v1', to: 'v2' });
  expect(pool.cut).toEqual([]);
});

test('controlRollout() does not take a resume for an approval', async () => {
  const { pool, control } = await atCanary();
  const result = await controlRollout(pool, 'resume', control({ strategy: canary }));
  expect(result).toMatchObject({ outcome: 'awaiting-approval', mutations: 0 });
});

test('controlRollout() rolls a canary back in seconds', async () => {
  for (const intent of ['rollback', 'abort'] as const) {
    const { pool, control, options } = await atCanary();
    const result = await controlRollout(pool, intent, control());
    expect(result).toMatchObject({ outcome: 'rolled-back', replaced: ['m4'] });
    expect(await templatesOf(pool)).toEqual(['v1', 'v1', 'v1']);
    expect(pool.cut).toEqual([]);
    const after = readRollout(await pool.observe());
    expect(after).toMatchObject({ state: 'idle', last: { outcome: 'rolled-back', to: 'v2' } });
    expect(await rollout(pool, options({ template: 'v1' }))).toMatchObject({
      outcome: 'unchanged',
    });
  }
});

test('controlRollout() is not kept from the way back by a probe that passes nowhere', async () => {
  const { pool, control } = await atCanary();
  const probe = async (): Promise<never> => Promise.reject(new TypeError('connect ETIMEDOUT'));
  const gate = { healthyDeadlineMs: 60_000 };
  const result = await controlRollout(pool, 'rollback', control({ probe, gate }));
  // Nothing can be proved, so a person must look; but the pool creates the old version again.
  expect(result).toMatchObject({ outcome: 'stuck' });
  expect(await pool.observe()).toMatchObject({ template: 'v1' });
  expect(pool.minServing).toBe(3);
});

test('controlRollout() pauses what nobody works on, and resumes it', async () => {
  const { pool, control, options } = await atCanary();
  await controlRollout(pool, 'approve', control({ signal: AbortSignal.abort('no') }));
  const signal = new AbortController();
  const onEvent = ({ type }: { readonly type: string }): void => {
    if (type === 'member-proved') signal.abort();
  };
  await controlRollout(pool, 'approve', control({ signal: signal.signal, onEvent }));
  expect(await controlRollout(pool, 'pause', control())).toMatchObject({
    outcome: 'paused',
    mutations: 1,
  });
  expect(readRollout(await pool.observe())).toMatchObject({
    state: 'paused',
    active: { phase: 'approved' },
  });
  expect(await rollout(pool, options())).toMatchObject({ outcome: 'paused', mutations: 0 });
  expect(await controlRollout(pool, 'pause', control())).toMatchObject({
    outcome: 'paused',
    mutations: 0,
  });
  const result = await controlRollout(pool, 'resume', control({ strategy: canary }));
  expect(result).toMatchObject({ outcome: 'completed' });
});

test('controlRollout() does not leave a pause on a pool that was finished meanwhile', async () => {
  const { pool, control, options, clock } = createBench();
  const rolling = rollout(pool, options());
  while (pool.mutations.every(({ method }) => method !== 'drain')) await clock.sleep(100);
  const late: typeof pool = Object.assign(Object.create(pool), {
    settle: async (...given: Parameters<typeof pool.settle>) => {
      await rolling;
      await pool.settle(...given);
    },
  });
  const result = await controlRollout(late, 'pause', control());
  expect(result.reason).toBe('Nothing is left to pause: all 3 members are on "v2"');
  expect(result.outcome).toBe('unchanged');
  expect(await rolling).toMatchObject({ outcome: 'completed' });
  expect(readRollout(await pool.observe())).toMatchObject({
    state: 'idle',
    last: { outcome: 'completed', from: 'v1', to: 'v2' },
  });
});

test('controlRollout() has nothing to pause when all members are new', async () => {
  const { pool, control, options, clock } = createBench();
  const abort = new AbortController();
  const onEvent = (event: { readonly type: string; readonly call?: string }): void => {
    if (event.type === 'mutation-end' && event.call === 'evict') abort.abort();
  };
  await rollout(pool, options({ signal: abort.signal, onEvent }));
  await clock.sleep(10_000);
  const result = await controlRollout(pool, 'pause', control());
  expect(result).toMatchObject({ outcome: 'unchanged', mutations: 0 });
});

test('rollout() takes a pause on a finished pool for none', async () => {
  const paused = {
    'exoship-schema': '1',
    'exoship-rollout': 'r1',
    'exoship-from': 'v0',
    'exoship-to': 'v1',
    'exoship-size': '3',
    'exoship-phase': 'rolling',
    'exoship-hold': 'paused',
  };
  const same = createBench({ annotations: paused });
  expect(await rollout(same.pool, same.options({ template: 'v1' }))).toMatchObject({
    outcome: 'completed',
    replaced: [],
  });
});

test('controlRollout() does nothing when no rollout is under way', async () => {
  for (const intent of ['resume', 'approve', 'pause', 'abort', 'rollback', 'unlock'] as const) {
    const { pool, control } = createBench();
    expect(await controlRollout(pool, intent, control())).toMatchObject({
      outcome: 'unchanged',
      mutations: 0,
    });
    expect(pool.mutations).toEqual([]);
  }
});

test('controlRollout() names the way back when the rollout is finished', async () => {
  const { pool, control, options } = createBench();
  await rollout(pool, options());
  const result = await controlRollout(pool, 'rollback', control());
  expect(result).toMatchObject({ outcome: 'unchanged', mutations: 0 });
  expect(result.reason).toContain('went from "v1" to "v2" and was completed');
});

test('controlRollout() refuses to approve what does not wait for approval', async () => {
  const { pool, control, options } = createBench({
    isHealthy: ({ template }) => template === 'v1',
  });
  await rollout(pool, options({ autoRollback: false, gate: { healthyDeadlineMs: 60_000 } }));
  expect(await controlRollout(pool, 'approve', control())).toMatchObject({
    outcome: 'refused',
    mutations: 0,
  });
});

test('controlRollout() takes a held rollout to a third version when asked to', async () => {
  const { pool, options } = await atCanary();
  const result = await rollout(pool, options({ template: 'v3', rolloutId: 'r3' }));
  expect(result).toMatchObject({
    outcome: 'completed',
    from: 'v1',
    to: 'v3',
    size: 3,
    rolloutId: 'r3',
  });
  expect(await templatesOf(pool)).toEqual(['v3', 'v3', 'v3']);
  expect(pool.cut).toEqual([]);
});

test('controlRollout() rolls back late, when too few old ones are left, by the same algorithm', async () => {
  const { pool, control, options } = createBench();
  const signal = new AbortController();
  let evictions = 0;
  const onEvent = (event: { readonly type: string; readonly call?: string }): void => {
    if (event.type === 'mutation-end' && event.call === 'evict') evictions += 1;
    if (evictions === 2) signal.abort();
  };
  const half = options({ strategy: { kind: 'one-by-one' }, signal: signal.signal, onEvent });
  expect(await rollout(pool, half)).toMatchObject({ outcome: 'interrupted' });
  expect(await templatesOf(pool)).toEqual(['v1', 'v2', 'v2']);
  const result = await controlRollout(pool, 'rollback', control({ maxSurge: 1 }));
  expect(result).toMatchObject({ outcome: 'rolled-back' });
  expect(await templatesOf(pool)).toEqual(['v1', 'v1', 'v1']);
  expect({ cut: pool.cut, minServing: pool.minServing, peak: pool.peak }).toEqual({
    cut: [],
    minServing: 3,
    peak: 4,
  });
});

test('controlRollout() refuses a word that it does not know', async () => {
  const { pool, control } = createBench();
  await expect(controlRollout(pool, 'promote' as Control, control())).rejects.toThrow(TypeError);
});
