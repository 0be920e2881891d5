import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeLedger, encodeLedger, type Ledger } from '../src/record.ts';

const word = fc.stringMatching(/^[\w:. -]{1,40}$/).filter((text) => text.trim() !== '');
const date = fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true });
const optional = <Value>(arbitrary: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
  fc.option(arbitrary, { nil: undefined });

const ledgerArbitrary: fc.Arbitrary<Ledger> = fc.record({
  active: optional(
    fc
      .record({
        id: word,
        from: word,
        to: word,
        size: fc.nat(1_000),
        phase: fc.constantFrom('rolling', 'approved', 'rolling-back'),
        hold: optional(fc.constantFrom('paused', 'approval')),
        lease: optional(fc.record({ owner: word, until: date })),
        settledSize: optional(fc.nat(1_000)),
      })
      // Whoever owns a rollout neither waits nor has settled.
      .map(({ lease, hold, settledSize, ...record }) =>
        lease === undefined
          ? { ...record, hold, settledSize, owner: undefined, until: undefined }
          : { ...record, hold: undefined, settledSize: undefined, ...lease },
      ),
  ),
  last: optional(
    fc.record({
      outcome: fc.constantFrom('completed', 'rolled-back'),
      id: word,
      from: word,
      to: word,
      endedAt: date,
    }),
  ),
  rest: fc.constantFrom<Ledger['rest']>({}, { 'exoship-tested-by': 'job 12' }),
});

test('decodeLedger() reads what encodeLedger() wrote', () => {
  fc.assert(
    fc.property(ledgerArbitrary, (ledger) => {
      expect(decodeLedger(encodeLedger(ledger))).toEqual({ kind: 'readable', ...ledger });
    }),
    { seed: 1 },
  );
});

test('encodeLedger() writes plain text under exoship-* keys only', () => {
  const annotations = encodeLedger({
    active: {
      id: 'r1',
      from: 'v1',
      to: 'v2',
      size: 3,
      phase: 'rolling',
      owner: 'job 17/x',
      until: new Date('2030-01-01T00:05:00Z'),
    },
    last: {
      outcome: 'completed',
      id: 'r0',
      from: 'v0',
      to: 'v1',
      endedAt: new Date('2029-12-31T00:00:00Z'),
    },
    rest: {},
  });
  expect(annotations).toMatchInlineSnapshot(`
    {
      "exoship-from": "v1",
      "exoship-last": "completed r0 v0 v1 2029-12-31T00%3A00%3A00.000Z",
      "exoship-owner": "job 17/x",
      "exoship-phase": "rolling",
      "exoship-rollout": "r1",
      "exoship-schema": "1",
      "exoship-size": "3",
      "exoship-to": "v2",
      "exoship-until": "2030-01-01T00:05:00.000Z",
    }
  `);
});

test('decodeLedger() finds nothing where nothing was written', () => {
  expect(decodeLedger({})).toEqual({
    kind: 'readable',
    active: undefined,
    last: undefined,
    rest: {},
  });
});

for (const [key, value] of [
  ['exoship-schema', '2'],
  ['exoship-schema', ''],
  ['exoship-from', ''],
  ['exoship-to', ''],
  ['exoship-size', '3.5'],
  ['exoship-size', '-1'],
  ['exoship-phase', 'flying'],
  ['exoship-hold', 'maybe'],
  ['exoship-until', 'tomorrow'],
] as const) {
  test(`decodeLedger() does not guess when "${key}" is "${value}"`, () => {
    const annotations = encodeLedger({
      active: {
        id: 'r1',
        from: 'v1',
        to: 'v2',
        size: 3,
        phase: 'rolling',
        owner: 'me',
        until: new Date(0),
      },
      last: undefined,
      rest: {},
    });
    expect(decodeLedger({ ...annotations, [key]: value })).toEqual({
      kind: 'unreadable',
      why: expect.stringContaining(`"${key}" is "${value}"`),
    });
  });
}

test('decodeLedger() drops a history that it cannot read', () => {
  expect(
    decodeLedger({ 'exoship-schema': '1', 'exoship-last': 'completed %E0%A4%A x' }),
  ).toMatchObject({
    kind: 'readable',
    last: undefined,
  });
});

test('decodeLedger() does not believe that an owned rollout waits, or what size it had settled at', () => {
  const active = {
    id: 'r',
    from: 'v1',
    to: 'v2',
    size: 3,
    phase: 'rolling',
    owner: 'me',
    until: new Date(0),
  } as const;
  const written = encodeLedger({ active, last: undefined, rest: {} });
  const stale = { 'exoship-hold': 'paused', 'exoship-settled-size': '3' };
  expect(decodeLedger({ ...written, ...stale })).toMatchObject({
    active: { ...active, hold: undefined, settledSize: undefined },
  });
});
