import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseMachineReadable } from '../src/index.ts';
import { readLog } from './build-folder.ts';

/** Every one there is, lone surrogates too. */
const anyCodeUnit: fc.Arbitrary<string> = fc
  .nat({ max: 0xffff })
  .map((code) => String.fromCharCode(code));

const SUFFIX = '.machine-readable.log';
const logs = readdirSync(new URL('fixtures/logs/', import.meta.url))
  .filter((name) => name.endsWith(SUFFIX))
  .map((name) => name.slice(0, -SUFFIX.length));

test('there are recorded logs', () => {
  expect(logs.length).toBeGreaterThanOrEqual(20);
});

test.for(logs)('parseMachineReadable() reads %s as recorded', async (name) => {
  const lines = readLog(name)
    .split('\n')
    .filter((line) => line !== '')
    .map(parseMachineReadable);
  expect(lines.every(({ type }) => type !== 'raw')).toBe(true);
  const golden = new URL(`fixtures/golden/${name}.json`, import.meta.url).pathname;
  await expect(`${JSON.stringify(lines, null, 1)}\n`).toMatchFileSnapshot(golden);
});

test('parseMachineReadable() unescapes commas and line breaks', () => {
  expect(parseMachineReadable('1795379494,,ui,message,a%!(PACKER_COMMA)b\\nc\\rd')).toEqual({
    at: new Date('2026-11-22T20:31:34Z'),
    target: '',
    type: 'ui',
    data: ['message', 'a,b\nc\rd'],
  });
});

test.for([
  ['1,,artifact-nonsense', { target: '', type: 'artifact-nonsense', data: [] }],
  ['1,hello,future-type,a,b', { target: 'hello', type: 'future-type', data: ['a', 'b'] }],
  ['panic: runtime error', { at: undefined, type: 'raw', data: ['panic: runtime error'] }],
  ['1,,', { at: undefined, type: 'raw', data: ['1,,'] }],
  ['', { at: undefined, type: 'raw', data: [''] }],
] as const)('parseMachineReadable() tolerates %j', ([line, expected]) => {
  expect(parseMachineReadable(line)).toMatchObject(expected);
});

test('parseMachineReadable() never throws and never makes more than it was given', () => {
  const piece = fc.oneof(
    fc.string({ unit: anyCodeUnit }),
    fc.constantFrom(
      ',',
      '1795379494,,ui,say,',
      '%!(PACKER_COMMA)',
      '\\n',
      '\\r',
      '\0',
      'artifact,0,end',
      '\n',
    ),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const line = pieces.join('');
      const { target, type, data } = parseMachineReadable(line);
      expect(target.length + type.length + data.join('').length).toBeLessThanOrEqual(
        line.length + 3,
      );
    }),
  );
});
