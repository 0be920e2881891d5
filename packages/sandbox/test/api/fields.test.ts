import { expect, test } from 'vitest';
import { need, readFields } from '../../src/api/fields.ts';

const fields = readFields({
  name: 'web',
  size: 3,
  ratio: 1.5,
  gone: null,
  template: { id: 't', 'created-at': '0001-01-01T00:00:00Z' },
  'ssh-key': {},
  groups: [{ id: 'a', name: 'x' }, { id: 'b' }],
  broken: [{ id: 'a' }, { name: 'b' }],
  labels: { a: '1' },
  odd: { a: 1 },
});

test('readFields() tells what was not sent from what was sent as null', () => {
  expect(fields.text('nothing')).toBeUndefined();
  expect(fields.text('gone')).toBeNull();
});

test('readFields() finds the id in whole objects, and none in an empty one', () => {
  expect(fields.id('template')).toBe('t');
  expect(fields.id('ssh-key', 'name')).toBeUndefined();
  expect(fields.ids('groups')).toEqual(['a', 'b']);
});

test.each([
  () => fields.text('size'),
  () => fields.integer('name', 0),
  () => fields.integer('ratio', 0),
  () => fields.integer('size', 4),
  () => fields.integer('size', 0, 2),
  () => fields.boolean('size'),
  () => fields.oneOf('name', ['db']),
  () => fields.ids('broken'),
  () => fields.texts('groups'),
  () => fields.labels('odd'),
  () => fields.id('groups'),
  () => need(fields.text('gone'), 'gone'),
  () => need(fields.text('nothing'), 'nothing'),
])('readFields() refuses what is not as it should be, by name (%#)', (read) => {
  expect(read).toThrow(/^Invalid parameter: (\w+)$/);
});

test('readFields() names a field inside an object by its whole path', () => {
  const check = readFields({ healthcheck: { port: 'x' } }).object('healthcheck');
  expect(() => check?.integer('port', 1)).toThrow('Invalid parameter: healthcheck.port');
});
