import { expect, test } from 'vitest';
import { parseDuration } from '../src/parse-duration.ts';

test.each([
  ['90s', 90_000],
  ['30m', 1_800_000],
  ['1h', 3_600_000],
  ['2d', 172_800_000],
])('parseDuration() reads %s', (text, ms) => {
  expect(parseDuration('--for', text)).toBe(ms);
});

test.each(['', '90', 'm', '1.5h', '-1s', '5 m', '1h30m', '1w'])(
  'parseDuration() refuses "%s" and names the flag',
  (text) => {
    expect(() => parseDuration('--for', text)).toThrow(`--for takes a duration`);
  },
);
