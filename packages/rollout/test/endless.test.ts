import { expect, test } from 'vitest';
import { rollout } from '../src/index.ts';
import type { PoolFailure } from '../src/testing.ts';
import { createBench } from './harness.ts';

const reasons = [undefined, 'busy', 'quota', 'capacity', 'gone', 'invalid', 'forbidden'] as const;
const methods = ['begin', 'grow', 'evict', 'settle', 'drain', 'capacity'] as const;
const ends = ['completed', 'refused', 'paused', 'stuck', 'rolled-back', 'locked'];
const hourMs = 3_600_000;

const rows = methods.flatMap((method) =>
  (['before', 'after'] as const).flatMap((when) =>
    reasons.map((reason) => [method, when, reason] as const),
  ),
);

test.each(rows)('a "%s" that always fails %s its effect, for "%s", ends', async (...row) => {
  const [method, when, reason] = row;
  const error = Object.assign(new Error('It always fails'), { reason });
  const failure: PoolFailure = { when, error };
  for (const kind of ['double', 'one-by-one'] as const) {
    const { pool, clock, options } = createBench({
      failure: (call) => (call.method === method ? failure : undefined),
    });
    const startedMs = clock.monotonicMs();
    const { outcome } = await rollout(pool, options({ strategy: { kind } }));
    expect(ends).toContain(outcome);
    expect(clock.monotonicMs() - startedMs).toBeLessThan(hourMs);
    expect({ cut: pool.cut, minServing: pool.minServing }).toEqual({ cut: [], minServing: 3 });
  }
});
