import { expect, test } from 'vitest';
import type { Clock } from '../src/index.ts';
import { createPhaseTimer } from '../src/phase-timer.ts';

function createHandClock(): Clock & { atMs: number } {
  return {
    atMs: 0,
    now: () => new Date(0),
    monotonicMs() {
      return this.atMs;
    },
    sleep: () => Promise.resolve(),
  };
}

test('createPhaseTimer() expects of a phase what it took last time, and of the rest likewise', () => {
  const clock = createHandClock();
  const first = createPhaseTimer(clock, []);
  expect(first.enter({ build: 'hello', phase: 'booting' })).toEqual({
    elapsedMs: 0,
    phaseExpectedMs: undefined,
    restExpectedMs: undefined,
  });
  clock.atMs = 100;
  first.enter({ build: 'other', phase: 'booting' });
  clock.atMs = 1_000;
  first.enter({ build: 'hello', phase: 'provisioning' });
  clock.atMs = 3_000;
  first.enter({ build: 'hello', phase: 'finished' });
  clock.atMs = 9_000;
  expect(first.timings()).toEqual([
    { build: 'hello', phase: 'booting', durationMs: 1_000 },
    { build: 'other', phase: 'booting', durationMs: 8_900 },
    { build: 'hello', phase: 'provisioning', durationMs: 2_000 },
    { build: 'hello', phase: 'finished', durationMs: 0 },
  ]);

  const second = createPhaseTimer(clock, first.timings());
  expect(second.enter({ build: 'hello', phase: 'booting' })).toMatchObject({
    phaseExpectedMs: 1_000,
    restExpectedMs: 3_000,
  });
  clock.atMs = 9_500;
  expect(second.enter({ build: 'hello', phase: 'provisioning' })).toEqual({
    elapsedMs: 500,
    phaseExpectedMs: 2_000,
    restExpectedMs: 2_000,
  });
});

test('createPhaseTimer() keeps a limited number of phases', () => {
  const timer = createPhaseTimer(createHandClock(), []);
  for (let entered = 0; entered < 1_000; entered += 1) {
    timer.enter({ build: `hello${entered}`, phase: 'booting' });
  }
  expect(timer.timings()).toHaveLength(200);
});
