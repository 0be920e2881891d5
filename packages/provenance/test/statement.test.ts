import { expect, test } from 'vitest';
import { createStatement } from '../src/index.ts';
import { facts, sha256 } from './support/facts.ts';

test('createStatement() is an in-toto Statement v1 with SLSA provenance v1', () => {
  expect(createStatement({ ...facts, derived: { inputsHash: '12' } })).toEqual({
    _type: 'https://in-toto.io/Statement/v1',
    subject: [
      { name: 'exoscale://ch-gva-2/template/t-1', digest: { sha256, md5: 'cd'.repeat(16) } },
    ],
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: {
      buildDefinition: {
        buildType: 'urn:example:build:v1',
        externalParameters: { app: 'hello', version: 'v1' },
        internalParameters: { inputsHash: '12' },
        resolvedDependencies: [{ name: 'src/main.ts', digest: { sha256: 'ef'.repeat(32) } }],
      },
      runDetails: {
        builder: { id: 'urn:example:runner', version: { packer: '1.6.6' } },
        metadata: {
          invocationId: 'https://gitlab.example/demo/-/jobs/7',
          startedOn: '2026-11-22T12:00:00.000Z',
          finishedOn: '2026-11-22T12:00:10.000Z',
        },
      },
    },
  });
});

test.each([undefined, 'AB'.repeat(32), 'ab'])(
  'createStatement() refuses the SHA-256 %j',
  (hash) => {
    const digests = hash === undefined ? { md5: 'cd' } : { sha256: hash };
    expect(() => createStatement({ ...facts, subject: { name: 'x', digests } })).toThrow(
      RangeError,
    );
  },
);
