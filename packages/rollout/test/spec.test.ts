import { expect, test } from 'vitest';
import { controlRollout, planRollout, type RolloutOptions, rollout } from '../src/index.ts';
import { resolveRolloutOptions } from '../src/spec.ts';
import { createBench } from './harness.ts';

const probe = async (): Promise<{ passed: boolean; detail: string }> => ({
  passed: true,
  detail: '',
});

test('resolveRolloutOptions() fills in the defaults that the docs promise', () => {
  const {
    createId,
    clock,
    probe: _,
    rolloutId,
    ...defaults
  } = resolveRolloutOptions({ template: 'v2', probe });
  expect(createId()).toMatch(/^[\da-f-]{36}$/);
  expect(rolloutId).toMatch(/^[\da-f-]{36}$/);
  expect(clock.monotonicMs()).toBeGreaterThan(0);
  expect(defaults).toMatchInlineSnapshot(`
    {
      "allowBrokenStart": false,
      "autoRollback": true,
      "bakeTimeMs": 0,
      "callTimeoutMs": 300000,
      "drain": {
        "inFlightGraceMs": 5000,
        "maxWindowMs": 120000,
        "onFailure": "stop",
        "timeoutMs": 30000,
      },
      "exclusive": false,
      "gate": {
        "healthyDeadlineMs": 300000,
        "intervalMs": 5000,
        "maxFailures": 5,
        "maxFlaps": 3,
        "minHealthyTimeMs": 10000,
        "probeTimeoutMs": 10000,
        "successes": 3,
      },
      "leaseMs": 300000,
      "leaseSettleMs": 2000,
      "maxSurge": "100%",
      "maxUnavailable": 0,
      "onEvent": undefined,
      "onExternalResize": "adopt",
      "owner": "exoship",
      "probeDescription": undefined,
      "progressDeadlineMs": 600000,
      "releaseTimeoutMs": 3000,
      "signal": undefined,
      "strategy": {
        "kind": "auto",
      },
      "template": "v2",
    }
  `);
});

test('resolveRolloutOptions() takes an undefined option for an absent one', () => {
  const spec = resolveRolloutOptions({
    template: 'v2',
    probe,
    leaseMs: undefined,
    gate: { successes: undefined },
  });
  expect(spec.leaseMs).toBe(300_000);
  expect(spec.gate.successes).toBe(3);
});

const wrong: readonly (readonly [string, object, string])[] = [
  ['an unknown option', { surge: 1 }, 'Unknown option "surge"'],
  ['an unknown gate option', { gate: { succeses: 1 } }, 'Unknown gate option "succeses"'],
  ['an unknown drain option', { drain: { kind: 'http' } }, 'Unknown drain option "kind"'],
  ['an unknown strategy', { strategy: { kind: 'blue-green' } }, '"strategy.kind" must be one of'],
  [
    'an option of another strategy',
    { strategy: { kind: 'double', size: 1 } },
    'Unknown strategy option "size"',
  ],
  [
    'an empty wave',
    { strategy: { kind: 'batch', size: 0 } },
    '"strategy.size" must be a count from 1',
  ],
  [
    'a canary after a canary',
    { strategy: { kind: 'canary', rest: { kind: 'canary' } } },
    'must not be a canary again',
  ],
  ['a surge that is no amount', { maxSurge: 'half' }, '"maxSurge" must be a count or a share'],
  ['a negative time', { bakeTimeMs: -1 }, '"bakeTimeMs" must be a number of milliseconds: -1'],
  ['no successes', { gate: { successes: 0 } }, '"gate.successes" must be a whole number from 1: 0'],
  [
    'a deadline that no member can keep',
    { gate: { healthyDeadlineMs: 10_000 } },
    'must be more than the 10000 ms that a proof takes',
  ],
  ['a lease too short to renew', { leaseMs: 9_000 }, '"leaseMs" must be at least two intervals'],
  [
    'a policy that does not exist',
    { drain: { onFailure: 'retry' } },
    '"drain.onFailure" must be one of continue, stop',
  ],
  ['a template that is none', { template: '' }, '"template" must be the id of a template'],
  ['an id of two words', { rolloutId: 'a b' }, '"rolloutId" must be one word: "a b"'],
  ['a probe that is none', { probe: 'GET /' }, '"probe" must be a function'],
];

for (const [what, options, message] of wrong) {
  test(`rollout() turns ${what} away at the door`, async () => {
    const bench = createBench();
    await expect(
      rollout(bench.pool, { ...bench.options(), ...options } as RolloutOptions),
    ).rejects.toThrow(message);
    expect(bench.pool.calls).toEqual([]);
  });
}

test('rollout(), controlRollout() and planRollout() name options that are missing', async () => {
  const { pool } = createBench();
  const none = undefined as never;
  const missing = new TypeError('Missing options');
  await expect(rollout(pool, none)).rejects.toThrow(missing);
  await expect(controlRollout(pool, 'pause', none)).rejects.toThrow(missing);
  expect(() => planRollout(none, none)).toThrow(missing);
  expect(pool.calls).toEqual([]);
});
