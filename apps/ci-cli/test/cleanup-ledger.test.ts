import { expect, test } from 'vitest';
import { createCleanupLedger, type Returned } from '../src/cleanup-ledger.ts';

test.each<[readonly Returned['outcome'][], number]>([
  [[], 0],
  [['proven'], 0],
  [['proven', 'proven'], 0],
  [['accepted'], 18],
  [['failed'], 18],
  [['proven', 'accepted', 'proven'], 18],
])('a ledger of %j exits %i', (outcomes, expected) => {
  const ledger = createCleanupLedger();
  for (const outcome of outcomes) ledger.record({ what: 'something', outcome });
  expect(ledger.exitCode()).toBe(expected);
  expect(ledger.entries.map(({ outcome }) => outcome)).toEqual(outcomes);
});
