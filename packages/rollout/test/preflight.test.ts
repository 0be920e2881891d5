import { expect, test } from 'vitest';
import { drainWindowMs } from '../src/drain-window.ts';
import { rollout } from '../src/index.ts';
import { comparesWeaker } from '../src/weaker-check.ts';
import { createBench } from './harness.ts';

const check = {
  name: 'web',
  mode: 'http',
  port: 80,
  path: '/',
  intervalMs: 10_000,
  timeoutMs: 5_000,
  retries: 2,
} as const;

test('comparesWeaker() is content with the same check', () => {
  expect(comparesWeaker([check], { mode: 'http', port: 80, path: '/' })).toEqual([]);
  expect(comparesWeaker([check], { mode: 'http', port: 80 })).toEqual([]);
  expect(comparesWeaker([check], undefined)).toEqual([]);
});

test('comparesWeaker() names the difference', () => {
  const messages = comparesWeaker(
    [
      { ...check, mode: 'tcp' },
      { ...check, port: 81 },
      { ...check, path: undefined },
    ],
    { mode: 'http', port: 80, path: '/health' },
  );
  expect(messages).toEqual([
    'Balancer "web" admits members before they are proved: it only connects to port 80, the probe asks by http',
    'Balancer "web" admits members before they are proved: it checks port 81, the probe port 80',
    'Balancer "web" admits members before they are proved: it asks for "/", the probe for "/health"',
  ]);
});

test('rollout() warns of a weaker balancer and of connections that nobody drains', async () => {
  const { pool, options, warnings } = createBench({ without: ['drain'] });
  const probeDescription = { mode: 'http', port: 80, path: '/health' } as const;
  expect(await rollout(pool, options({ probeDescription }))).toMatchObject({
    outcome: 'completed',
  });
  expect(warnings()).toEqual(['weaker-balancer-check', 'no-drain']);
});

test('rollout() warns when the drain is cut short', async () => {
  const { pool, options, warnings } = createBench();
  await rollout(pool, options({ drain: { maxWindowMs: 10_000 } }));
  expect(warnings()).toEqual(['short-drain']);
});

test('rollout() needs no balancer', async () => {
  const { pool, options, warnings } = createBench({ balancer: null });
  expect(await rollout(pool, options())).toMatchObject({ outcome: 'completed', minServing: 3 });
  expect(warnings()).toEqual([]);
});

test('drainWindowMs() is the slowest detection and the grace, within its bound', () => {
  const limits = { inFlightGraceMs: 5_000, maxWindowMs: 120_000 };
  expect(drainWindowMs([], limits)).toBe(5_000);
  expect(drainWindowMs([check, { ...check, retries: 3 }], limits)).toBe(40_000);
  expect(drainWindowMs([{ ...check, retries: 20 }], limits)).toBe(120_000);
});
