import { expect, test } from 'vitest';
import {
  amount,
  duration,
  durationOrZero,
  name,
  serviceUrl,
  urlPath,
  zone,
} from '../../src/config/scalars.ts';

test.each([
  ['1500ms', 1_500],
  ['90s', 90_000],
  ['5m', 300_000],
  ['2h', 7_200_000],
  ['1h30m', 5_400_000],
  ['1m5ms', 60_005],
  ['24d', undefined],
  ['596h', 2_145_600_000],
  ['597h', undefined],
  ['0s', undefined],
  ['90', undefined],
  ['1.5s', undefined],
  ['5 m', undefined],
  ['30s1m', undefined],
  ['-5s', undefined],
  ['s', undefined],
  ['', undefined],
  [90, undefined],
])('duration: %s is %s ms', (text, expected) => {
  expect(duration.safeParse(text).data).toBe(expected);
});

test('durationOrZero takes no time at all for an answer', () => {
  expect(durationOrZero.parse('0s')).toBe(0);
  expect(durationOrZero.safeParse('').success).toBe(false);
});

test.each([
  [0, true],
  [3, true],
  ['0%', true],
  ['25%', true],
  ['100%', true],
  ['101%', false],
  ['2.5%', false],
  ['25', false],
  [-1, false],
  [0.5, false],
])('amount: %s is accepted: %s', (value, isAccepted) => {
  expect(amount.safeParse(value).success).toBe(isAccepted);
});

test.each([
  ['https://vault.example.com:8200', true],
  ['http://127.0.0.1:8200', true],
  ['http://localhost:8200', true],
  ['http://[::1]:8200/v2', true],
  ['http://vault.example.com', false],
  ['http://127.0.0.1.example.com', false],
  ['https://me:secret@vault.example.com', false],
  ['vault.example.com', false],
  ['file:///etc/passwd', false],
])('serviceUrl: %s is accepted: %s', (url, isAccepted) => {
  expect(serviceUrl.safeParse(url).success).toBe(isAccepted);
});

test.each([
  [zone, 'de-muc-1', true],
  [zone, 'de-muc', false],
  [zone, 'DE-MUC-1', false],
  [name, 'gitlab-ci-runner', true],
  [name, 'my pool', true],
  [name, ' pool', false],
  [name, 'po\nol', false],
  [name, '', false],
  [urlPath, '/healthz?deep=1', true],
  [urlPath, 'healthz', false],
  [urlPath, '/a b', false],
  [urlPath, '/a\r\nHost: b', false],
])('%#: "%s" is accepted: %s', (schema, text, isAccepted) => {
  expect(schema.safeParse(text).success).toBe(isAccepted);
});
