import { expect, test } from 'vitest';
import {
  acceptsConnections,
  type Condition,
  defaultBehaviour,
  type Life,
  passesChecks,
} from '../../src/virtual/behaviour.ts';

function life(condition: Condition, stoppedAtMs?: number): Life {
  return { behaviour: { ...defaultBehaviour, condition }, upAtMs: 100, stoppedAtMs };
}

/** `[accepts, passes]` at each moment. */
function at(one: Life, ...moments: readonly number[]): readonly (readonly boolean[])[] {
  return moments.map((ms) => [acceptsConnections(one, ms), passesChecks(one, ms)]);
}

test('a healthy guest accepts and passes once it is up', () => {
  expect(at(life({ kind: 'healthy' }), 99, 100)).toEqual([
    [false, false],
    [true, true],
  ]);
});

test('a guest that was asked to stop accepts and fails its checks', () => {
  expect(at(life({ kind: 'healthy' }, 150), 200)).toEqual([[true, false]]);
});

test('a guest that is never healthy accepts all the same', () => {
  expect(at(life({ kind: 'never-healthy' }), 200)).toEqual([[true, false]]);
});

test('a flapping guest is healthy first', () => {
  const flapping = life({ kind: 'flapping', upMs: 10, downMs: 5 });
  const passes = at(flapping, 100, 109, 110, 114, 115).map(([, passing]) => passing);
  expect(passes).toEqual([true, true, false, false, true]);
});

test('a guest that hangs accepts nothing any more', () => {
  expect(at(life({ kind: 'hangs', afterMs: 50 }), 149, 150)).toEqual([
    [true, true],
    [false, false],
  ]);
});
