import { expect, test } from 'vitest';
import { type Amount, isAmount, resolveFenceposts } from '../src/fenceposts.ts';

const rows: readonly (readonly [number, Amount, Amount, number, number])[] = [
  [10, '25%', '25%', 3, 2],
  [3, '25%', '25%', 1, 0],
  [1, '25%', '25%', 1, 0],
  [10, 0, 0, 0, 1],
  [10, '0%', '9%', 0, 1],
  [0, 0, 0, 0, 0],
  [0, '100%', '100%', 0, 0],
  [4, '100%', 0, 4, 0],
  [4, 1, 9, 1, 4],
  [100, '7%', '7%', 7, 7],
  [100, '29%', '57%', 29, 57],
];

for (const [size, maxSurge, maxUnavailable, surge, unavailable] of rows) {
  test(`resolveFenceposts() of ${size} with ${maxSurge} and ${maxUnavailable} is ${surge} and ${unavailable}`, () => {
    expect(resolveFenceposts(size, maxSurge, maxUnavailable)).toEqual({ surge, unavailable });
  });
}

test('isAmount() takes counts and shares and nothing else', () => {
  expect([0, 3, '0%', '25%', '33.3%', '150%'].every(isAmount)).toBe(true);
  expect([-1, 1.5, Number.NaN, '25', '%', '-1%', undefined, null].some(isAmount)).toBe(false);
});
