import { expect, test } from 'vitest';
import { stripSource } from '../bundle/strip-source.ts';

test.each([
  ["import { a } from './a.ts';", "import { a } from './a.mjs';"],
  ["export { a } from '../b/a.ts';", "export { a } from '../b/a.mjs';"],
  ["import './a.ts';", "import './a.mjs';"],
  ["await import('./a.ts');", "await import('./a.mjs');"],
  ["import data from './a.json' with { type: 'json' };", undefined],
  ["import { a } from 'pkg/a.ts';", undefined],
  ["const text = './a.ts';", undefined],
])('stripSource() of %s', (typescript, expected) => {
  expect(stripSource(typescript)).toBe(expected ?? typescript);
});

test('stripSource() keeps line numbers', () => {
  const stripped = stripSource('interface A {\n  b: string;\n}\nexport const a: A = { b: "" };\n');
  expect(stripped.split('\n').findIndex((line) => line.startsWith('export const a'))).toBe(3);
});
