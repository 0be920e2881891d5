import { expect, test } from 'vitest';
import { madeAt, readKeys } from '../../src/keys/read-keys.ts';

test('readKeys() takes what is a key', () => {
  const answer = {
    'api-keys': [{ key: 'EXO1', name: 'a', 'role-id': 'x' }, { name: 'b' }, null, 7],
  };
  expect(readKeys(answer)).toEqual([{ key: 'EXO1', name: 'a' }]);
  expect(readKeys({})).toEqual([]);
  expect(readKeys('no')).toEqual([]);
});

test.each([
  ['vault-exoship-test-approle-1767225600000000000', new Date('2026-01-01T00:00:00Z')],
  ['vault-prefix-role-with-dashes-approle-1767225600000000000', new Date('2026-01-01T00:00:00Z')],
  ['vault-exoship-test-approle', undefined],
  ['vault-1767225600000000000', undefined],
  ['mine-1767225600000000000', undefined],
  ['vault-exoship-test-approle-1767225600', undefined],
])('madeAt() of "%s"', (name, expected) => {
  expect(madeAt({ key: 'EXO1', name })).toEqual(expected);
});
