import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { whyUnreadable } from '../src/why-unreadable.ts';

test.each([
  ['/nowhere/at/all', 'there is no such file'],
  ['/dev/null/file', 'there is no such file'],
  ['/', 'it is a folder'],
])('whyUnreadable() says of %s: %s', async (file, why) => {
  const error = await readFile(file).catch((thrown: unknown) => thrown);
  expect(whyUnreadable(error)).toBe(why);
});

test('whyUnreadable() repeats what it does not know', () => {
  expect(whyUnreadable(new RangeError('too much'))).toBe('too much');
});
