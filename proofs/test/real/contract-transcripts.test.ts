import { expect, test } from 'vitest';
import { firstDifference } from '../../src/real/vault-contract/compare-transcripts.ts';
import { normalize } from '../../src/real/vault-contract/normalize.ts';

test('normalize() takes out what is another each time, and nothing else', () => {
  const said = {
    request_id: '0b1c2d3e-1111-4222-8333-444455556666',
    lease_id: 'exoscale/apikey/ci/AbCdEfGhIjKlMnOpQrStUvWx',
    lease_duration: 599,
    data: {
      api_key: 'EXO0123456789abcdef01234567',
      api_secret: 'CANARY-secret',
      name: 'vault-ci-approle-1767225600000000000',
      num_uses: -1,
      creation_time: 1_767_225_600,
      issue_time: '2026-01-01T00:00:00.123456789Z',
    },
    errors: ['role "x" not found'],
    accessor: '',
  };
  expect(normalize(said)).toEqual({
    request_id: '<uuid>',
    lease_id: 'exoscale/apikey/ci/<id>',
    lease_duration: 600,
    data: {
      api_key: '<key>',
      api_secret: '<secret>',
      name: 'vault-ci-approle-<nanoseconds>',
      num_uses: -1,
      creation_time: '<moment>',
      issue_time: '<time>',
    },
    errors: ['role "x" not found'],
    accessor: '',
  });
});

test('firstDifference() tells what is missing as well as what is other', () => {
  expect(firstDifference(['a', 'b'], ['a', 'b'])).toBeUndefined();
  expect(firstDifference(['a', 'b'], ['a', 'c'])).toBe('the sandbox says b, the real one c');
  expect(firstDifference(['a'], ['a', 'c'])).toBe('the sandbox says nothing, the real one c');
});
