import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLineSplitter } from '../src/line-splitter.ts';

function split(chunks: readonly string[], limit = 1_000): string[] {
  const lines: string[] = [];
  const splitter = createLineSplitter((line) => lines.push(line), { limit });
  for (const chunk of chunks) splitter.push(chunk);
  splitter.end();
  return lines;
}

test('createLineSplitter() hands on lines, and a last one without line break', () => {
  expect(split(['one\ntw', 'o\r\n\nthree'])).toEqual(['one', 'two', '', 'three']);
});

test('createLineSplitter() keeps the beginning of a line that is too long', () => {
  expect(split(['abc', 'def', 'ghi\nxy'], 5)).toEqual(['abcde', 'xy']);
});

test('createLineSplitter() cuts the same lines however the text arrives', () => {
  const chunk = fc.string({ unit: fc.constantFrom('a', 'b', '\n', '\r', '\r\n') });
  fc.assert(
    fc.property(fc.array(chunk), fc.integer({ min: 1, max: 6 }), (chunks, limit) => {
      const whole = chunks.join('');
      const lines = split(chunks, limit);
      expect(lines).toEqual(split([whole], limit));
      expect(Math.max(0, ...lines.map(({ length }) => length))).toBeLessThanOrEqual(limit);
    }),
  );
});
