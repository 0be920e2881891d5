import { expect, test } from 'vitest';
import { quote } from '../../src/config/quote.ts';

test.each([
  ['text', '"text"'],
  ['two\nlines', '"two\\nlines"'],
  ['', 'nothing'],
  [null, 'nothing'],
  [undefined, 'nothing'],
  [42, '42'],
  [true, 'true'],
  [[1], 'a list'],
  [{ a: 1 }, 'keys with values'],
])('quote(%j) is %s', (value, expected) => {
  expect(quote(value)).toBe(expected);
});

test('quote() cuts long text', () => {
  expect(quote('x'.repeat(1000))).toHaveLength(63);
});

test.each([
  'hvs.CAESIJ',
  's.abcdefghijklmnopqrstuvwx',
  'EXOa1b2c3d4e5f6a7b8c9d0e1f2',
  '-----BEGIN OPENSSH PRIVATE KEY-----',
  'https://me:hunter2@vault.example.com',
])('quote() does not show %s', (secret) => {
  expect(quote(secret)).toBe('[redacted]');
});
