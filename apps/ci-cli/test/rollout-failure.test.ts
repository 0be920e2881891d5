import type { RolloutResult } from '@exoship/rollout';
import { expect, test } from 'vitest';
import { toFailure } from '../src/failure.ts';
import { Interruption } from '../src/interruption.ts';
import { rolloutFailure } from '../src/rollout-failure.ts';

const result = (outcome: RolloutResult['outcome'], mutations = 1): RolloutResult =>
  ({ outcome, mutations, reason: 'a reason', from: 'v1', to: 'v2' }) as RolloutResult;
const calm = new AbortController().signal;
const cancelled = AbortSignal.abort(new Interruption('SIGTERM'));

test.each([
  ['rolled-back', 14],
  ['refused', 3],
  ['locked', 3],
  ['paused', 16],
  ['awaiting-approval', 16],
  ['stuck', 15],
] as const)('rolloutFailure() makes %s exit code %i', (outcome, exitCode) => {
  expect(toFailure(rolloutFailure(result(outcome), calm)).exitCode).toBe(exitCode);
});

test('rolloutFailure() finds nothing wrong with what was asked for', () => {
  for (const outcome of ['completed', 'unchanged'] as const) {
    expect(rolloutFailure(result(outcome), calm)).toBeUndefined();
  }
  // `unlock` interrupts another's rollout, and that is all it was to do.
  expect(rolloutFailure(result('interrupted'), calm)).toBeUndefined();
});

test('rolloutFailure() tells a rollout that was cancelled half-way from one that changed nothing', () => {
  expect(toFailure(rolloutFailure(result('interrupted'), cancelled)).exitCode).toBe(15);
  expect(toFailure(rolloutFailure(result('interrupted', 0), cancelled)).exitCode).toBe(143);
});
