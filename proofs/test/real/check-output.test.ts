import { expect, test } from 'vitest';
import { outputFaults } from '../../src/real/exo/check-output.ts';
import { list, nothing, object, text, words } from '../../src/real/exo/exo-case.ts';

test('outputFaults() accepts exactly the documented keys', () => {
  expect(outputFaults('{"id":"1","name":"a"}\n', object(['id', 'name']))).toEqual([]);
  expect(outputFaults('[]\n', list(['id'], 0))).toEqual([]);
  expect(outputFaults('[{"id":"1"}]\n', list(['id']))).toEqual([]);
  expect(outputFaults('\n', nothing)).toEqual([]);
  expect(outputFaults('127.0.0.1', text(/^127/))).toEqual([]);
});

test('outputFaults() names what is missing and what was never documented', () => {
  expect(outputFaults('{"id":"1","extra":true}', object(['id', 'name']))).toEqual([
    'object lacks "name"',
    'object has "extra" besides',
  ]);
  const service = object(['check'], { check: ['port'] });
  expect(outputFaults('{"check":{"uri":"/"}}', service)).toEqual([
    'check lacks "port"',
    'check has "uri" besides',
  ]);
});

test.each([
  ['', object(['id'])],
  ['Usage:\n', list(['id'])],
  ['{}', list(['id'])],
  ['[]', list(['id'])],
  ['{"id":1}', nothing],
  ['<nil>', text(/^127/)],
])('outputFaults() rejects %j', (stdout, expected) => {
  expect(outputFaults(stdout, expected)).not.toEqual([]);
});

test('words() keeps together what is in quotes', () => {
  expect(words('a --b "c d" {{.E}}')).toEqual(['a', '--b', 'c d', '{{.E}}']);
});
