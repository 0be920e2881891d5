import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { isRolloutError, type RolloutEvent, rollout } from '../src/index.ts';
import { createBench } from './harness.ts';

test('rollout() tells every change, and the decision for it, before it is made (S14)', async () => {
  const told: string[] = [];
  const { pool, options } = createBench({
    failure: ({ method }) => {
      if (['grow', 'evict', 'drain', 'begin', 'settle'].includes(method))
        told.push(`call ${method}`);
      return undefined;
    },
  });
  const onEvent = (event: RolloutEvent): void => {
    if (event.type === 'mutation-start') told.push(`told ${event.call}`);
    if (event.type === 'decision-made' && event.action !== 'wait')
      told.push(`decided ${event.action}`);
  };
  await rollout(pool, options({ onEvent, strategy: { kind: 'one-by-one' } }));
  for (const [index, line] of told.entries()) {
    if (line.startsWith('call ')) expect(told[index - 1]).toBe(line.replace('call', 'told'));
    if (line.startsWith('told ')) expect(told[index - 1]).toMatch(/^decided |^call drain/);
  }
  expect(told.slice(0, 8)).toEqual([
    'decided begin',
    'told begin',
    'call begin',
    'decided measure',
    'decided grow',
    'told grow',
    'call grow',
    'decided drain',
  ]);
});

test('rollout() numbers its events, stamps them, and ends with the outcome', async () => {
  const { pool, options, events } = createBench();
  const result = await rollout(pool, options());
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  expect(events.every(({ at, schema }) => at instanceof Date && schema === 1)).toBe(true);
  expect(new Set(events.map(({ rolloutId }) => rolloutId))).toEqual(new Set(['r1']));
  expect(events.at(-1)).toMatchObject({
    type: 'rollout-end',
    outcome: 'completed',
    reason: result.reason,
  });
  const waiting = events.find(
    (event) => event.type === 'decision-made' && event.reason.startsWith('Wait for proof'),
  );
  // The step began with the growth, less than ten seconds before.
  const leftMs =
    waiting?.type === 'decision-made' ? Number(waiting.deadlineAt) - Number(waiting.at) : 0;
  expect(leftMs).toBeGreaterThan(290_000);
  expect(leftMs).toBeLessThanOrEqual(300_000);
  const counts = Map.groupBy(events, ({ type }) => type);
  expect(counts.get('mutation-start')).toHaveLength(result.mutations);
  expect(counts.get('mutation-end')).toHaveLength(result.mutations);
  expect(counts.get('member-proved')).toHaveLength(6);
  expect(counts.get('drain-start')).toHaveLength(3);
  expect(counts.get('drain-end')).toHaveLength(3);
  const drained = events.findIndex(({ type }) => type === 'drain-end');
  const start = events.findIndex(({ type }) => type === 'drain-start');
  const probed = events
    .slice(start, drained)
    .flatMap((event) => ('detail' in event ? event.member : []));
  expect(new Set(probed)).toEqual(new Set(['m4', 'm5', 'm6']));
});

test('rollout() is not disturbed by a listener that throws', async () => {
  const { pool, options } = createBench();
  const onEvent = (): never => {
    throw new TypeError('listener');
  };
  expect(await rollout(pool, options({ onEvent }))).toMatchObject({ outcome: 'completed' });
});

for (const [reason, code, retryable] of [
  ['forbidden', 'pool-forbidden', false],
  ['gone', 'pool-gone', false],
  [undefined, 'pool-unreachable', true],
] as const) {
  test(`rollout() throws "${code}" when the pool cannot be read at all`, async () => {
    const cause = Object.assign(new TypeError('no answer'), reason === undefined ? {} : { reason });
    const { pool, options } = createBench({
      failure: ({ method }) =>
        method === 'observe' ? { when: 'before', error: cause } : undefined,
    });
    const error: unknown = await rollout(pool, options()).catch((thrown: unknown) => thrown);
    expect(isRolloutError(error)).toBe(true);
    expect(error).toMatchObject({
      code,
      retryable,
      message: 'Cannot read the pool: no answer',
      cause,
    });
    expect(inspect(pool.mutations)).toBe('[]');
  });
}

test('rollout() is stuck, not broken, when the pool disappears halfway', async () => {
  let isGone = false;
  const { pool, options } = createBench({
    failure: ({ method }) => {
      isGone ||= method === 'grow';
      return isGone && method === 'observe'
        ? { when: 'before', error: { reason: 'gone' } }
        : undefined;
    },
  });
  const result = await rollout(pool, options());
  expect(result).toMatchObject({ outcome: 'stuck', from: 'v1', to: 'v2', size: 3 });
  expect(result.reason).toContain('runs out by itself');
});
