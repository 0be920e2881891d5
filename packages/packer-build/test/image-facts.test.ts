import { expect, test } from 'vitest';
import { judgeInfo } from '../src/image-facts.ts';

const gib = 2 ** 30;
const good = { format: 'qcow2', 'virtual-size': 10 * gib, 'actual-size': 30_000_000 };

function failuresOf(info: object): readonly string[] {
  return judgeInfo(info)
    .filter(({ passed }) => !passed)
    .map(({ what, detail }) => `${what}: ${detail}`);
}

test('judgeInfo() takes what Exoscale takes', () => {
  expect(failuresOf(good)).toEqual([]);
  expect(failuresOf({ ...good, 'virtual-size': 100 * gib })).toEqual([]);
});

test.each([
  [{ format: 'raw' }, 'format: raw'],
  [{ 'virtual-size': 9.5 * gib }, 'virtual size: 9.5 GiB of 10 to 100'],
  [{ 'virtual-size': 101 * gib }, 'virtual size: 101 GiB of 10 to 100'],
  [{ 'backing-filename': 'base.qcow2' }, 'stands alone: base.qcow2'],
  [{ 'actual-size': 10 * gib }, `not preallocated: ${10 * gib} bytes on disk`],
  [{ encrypted: true }, 'not encrypted: true'],
])('judgeInfo() refuses %j', (difference, failure) => {
  expect(failuresOf({ ...good, ...difference })).toEqual([failure]);
});

test('judgeInfo() trusts nothing that is not said', () => {
  expect(failuresOf({})).toEqual([
    'format: unknown',
    'virtual size: 0 GiB of 10 to 100',
    'not preallocated: 0 bytes on disk',
  ]);
});
