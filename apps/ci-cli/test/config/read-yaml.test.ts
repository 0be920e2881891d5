import { expect, test } from 'vitest';
import { readYaml } from '../../src/config/read-yaml.ts';

function problemsIn(text: string): readonly string[] {
  const content = readYaml(text);
  return 'problems' in content
    ? content.problems.map(({ line, column, message }) => `${line}:${column} ${message}`)
    : [];
}

test.each([
  ['a: 1\nb:\n  c: 1\n  c: 2\n', '4:3 Expected every key once: "c" is here again'],
  ['a: "x\nb: 1\n', '3:1 Missing closing "quote'],
  ['a:\n\tb: 1\n', '2:1 Tabs are not allowed as indentation'],
  ['a: 1\n---\nb: 1\n', '2:1 Expected one document: a second one starts here'],
  ['a: *x\n', '1:4 Unknown alias "*x": its anchor must come before it'],
  ['a: !reference [x]\n', '1:4 Unresolved tag: !reference'],
  ['a: 010\n', '1:4 Ambiguous number: 010 would be read as 10; quote it to keep the text'],
  ['a: 1.10\n', '1:4 Ambiguous number: 1.10 would be read as 1.1; quote it to keep the text'],
  ['a: 0x1F\n', '1:4 Ambiguous number: 0x1F would be read as 31; quote it to keep the text'],
  ['a: {__proto__: {b: 1}}\n', '1:5 Unknown key "__proto__"'],
  [`a: ${'['.repeat(50_000)}`, expect.stringMatching(/^1:\d+ Expected less nesting$/)],
])('readYaml() refuses %j', (text, expected) => {
  expect(problemsIn(text)[0]).toEqual(expected);
});

test('readYaml() refuses an alias bomb', () => {
  const nine = (name: string) => Array(9).fill(name).join(', ');
  const levels = Array.from(
    { length: 8 },
    (_, index) => `a${index + 1}: &a${index + 1} [${nine(`*a${index}`)}]`,
  );
  const bomb = [`a0: &a0 [${nine('lol')}]`, ...levels].join('\n');
  expect(problemsIn(bomb)).toEqual(['1:1 Expected aliases to repeat less: more than 100 copies']);
});

test('readYaml() tells at most ten problems', () => {
  expect(problemsIn('a: 010\n'.repeat(30))).toHaveLength(10);
});

test('readYaml() reads YAML 1.2: only true and false are booleans', () => {
  const content = readYaml('a: yes\nb: on\nc: true\nd: "8080"\ne: 8080\nf: 12:30\n');
  expect(content).toMatchObject({
    value: { a: 'yes', b: 'on', c: true, d: '8080', e: 8080, f: '12:30' },
  });
});

test('readYaml() follows an alias', () => {
  expect(readYaml('a: &x {b: 1}\nc: *x\n')).toMatchObject({ value: { a: { b: 1 }, c: { b: 1 } } });
});

const located = readYaml('one:\n  two: [a, b]\n  three:\nfour: &f\n  five: 5\nsix: *f\n');

test.each([
  [['one', 'two', 1], 'value', { line: 2, column: 12 }],
  [['one', 'two'], 'key', { line: 2, column: 3 }],
  [['one', 'three'], 'value', { line: 3, column: 3 }],
  [['one', 'absent', 'deep'], 'value', { line: 2, column: 3 }],
  [['six', 'five'], 'value', { line: 5, column: 9 }],
  [[], 'value', { line: 1, column: 1 }],
] as const)('locate(%j, %s)', (path, part, expected) => {
  expect('locate' in located && located.locate(path, part)).toEqual(expected);
});
