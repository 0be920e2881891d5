import { expect, test } from 'vitest';
import { controlRollout, type RolloutEvent, readRollout, rollout } from '../src/index.ts';
import { createBench, templatesOf } from './harness.ts';

test('rollout() ends cleanly when cancelled at any event, and the next one goes on', async () => {
  const { pool, options, events } = createBench();
  await rollout(pool, options());
  const outcomes = new Set<string>();
  for (let seq = 1; seq < events.length; seq += 1) {
    outcomes.add(await interruptAt(seq));
  }
  expect([...outcomes].toSorted()).toEqual(['completed', 'interrupted']);
});

async function interruptAt(seq: number): Promise<string> {
  const { pool, options, clock } = createBench();
  const abort = new AbortController();
  const onEvent = (event: { readonly seq: number }): void => {
    if (event.seq === seq) abort.abort(new Error('cancelled'));
  };
  const first = await rollout(pool, options({ signal: abort.signal, onEvent }));
  const where = `cancelled at event ${seq}: ${first.reason}`;
  if (first.outcome === 'interrupted') {
    const { active } = readRollout(await pool.observe());
    const isReleased = active?.owner === undefined;
    expect(isReleased || first.reason.includes('runs out by itself'), where).toBe(true);
    expect(clock.sleeping, where).toBe(0);
  }
  const second = await rollout(pool, options({ rolloutId: 'r2' }));
  expect(['completed', 'unchanged'], where).toContain(second.outcome);
  expect(await templatesOf(pool), where).toEqual(['v2', 'v2', 'v2']);
  expect(
    { cut: pool.cut, minServing: pool.minServing, violations: pool.violations },
    where,
  ).toEqual({
    cut: [],
    minServing: 3,
    violations: [],
  });
  return first.outcome;
}

test('rollout() names the members that it leaves drained', async () => {
  const { pool, options } = createBench();
  const abort = new AbortController();
  const onEvent = (event: {
    readonly type: string;
    readonly action?: string;
    readonly reason?: string;
  }): void => {
    if (event.type === 'decision-made' && event.reason?.startsWith('Wait out the drain'))
      abort.abort();
  };
  const result = await rollout(pool, options({ signal: abort.signal, onEvent }));
  expect(result).toMatchObject({ outcome: 'interrupted', replaced: [] });
  expect(result.reason).toContain('drained and not yet evicted: "m1", "m2", "m3"');
  const { active } = readRollout(await pool.observe());
  expect(active).toMatchObject({ owner: undefined, settledSize: 6 });
});

test('rollout() changes nothing when cancelled before it starts', async () => {
  const { pool, options } = createBench();
  const result = await rollout(pool, options({ signal: AbortSignal.abort() }));
  expect(result).toMatchObject({ outcome: 'interrupted', mutations: 0 });
  expect(pool.mutations).toEqual([]);
});

test('rollout() takes over a size that changed while nobody worked on it', async () => {
  const { pool, options } = createBench();
  const abort = new AbortController();
  const onEvent = ({ type }: { readonly type: string }): void => {
    if (type === 'member-proved') abort.abort();
  };
  expect(await rollout(pool, options({ signal: abort.signal, onEvent }))).toMatchObject({
    outcome: 'interrupted',
  });
  pool.resize((await pool.observe()).size + 2);
  expect(await rollout(pool, options())).toMatchObject({ outcome: 'completed', size: 5 });
  expect(await templatesOf(pool)).toEqual(['v2', 'v2', 'v2', 'v2', 'v2']);
});

test.each([
  ['goes on', 'resume', 'v2'],
  ['goes back', 'rollback', 'v1'],
] as const)(
  'whoever %s in the middle of a drain waits for its end before it evicts',
  async (_, control, goal) => {
    const gate = { successes: 1, minHealthyTimeMs: 0, intervalMs: 1_000 };
    for (const drainState of ['running', 'stopping'] as const) {
      const bench = createBench({ drainState });
      const { pool } = bench;
      const cancel = new AbortController();
      const onEvent = (event: RolloutEvent): void => {
        const isDrained = event.type === 'decision-made' && event.reason.startsWith('Wait out');
        if (isDrained) cancel.abort(new Error('cancelled'));
      };
      const first = await rollout(pool, bench.options({ gate, signal: cancel.signal, onEvent }));
      expect(first.outcome).toBe('interrupted');
      const result = await controlRollout(pool, control, bench.control({ gate }));
      expect(result.outcome).toBe(control === 'resume' ? 'completed' : 'rolled-back');
      expect(await templatesOf(pool)).toEqual([goal, goal, goal]);
      const seen = { cut: pool.cut, minServing: pool.minServing };
      expect(seen, drainState).toEqual({ cut: [], minServing: 3 });
    }
  },
);
