import { expect, test } from 'vitest';
import { exitCodes, gravest, signalExitCode } from '../src/exit-codes.ts';

test.each([
  [[], 0],
  [[0, 0], 0],
  [[0, 18], 18],
  [[18, 10], 10],
  [[10, 11, 12], 12],
  [[13, 12], 13],
  [[14, 13], 14],
  [[15, 14], 15],
  [[17, 15], 17],
  [[3, 16], 16],
  [[2, 18], 2],
  [[1, 18], 1],
  // A child's own code counts more than a doubtful cleanup, and less than anything that we know to be worse.
  [[7, 18], 7],
  [[125, 18], 125],
  [[143, 15], 15],
])('gravest(%j) is %i', (codes, expected) => {
  expect(gravest(codes)).toBe(expected);
  expect(gravest(codes.toReversed())).toBe(expected);
});

test('gravest() has a place for every code', () => {
  for (const code of Object.values(exitCodes)) expect(gravest([0, code])).toBe(code);
});

test.each([
  ['SIGHUP', 129],
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGKILL', 137],
])('signalExitCode(%s) is %i', (signal, expected) => {
  expect(signalExitCode(signal)).toBe(expected);
});
