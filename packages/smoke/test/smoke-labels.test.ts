import { expect, test } from 'vitest';
import { isExpiredSmoke, smokeLabels } from '../src/index.ts';

const expiresAt = new Date('2026-01-01T12:00:00Z');
const labels = smokeLabels({ smokeId: 'smoke-1', expiresAt });

test.for([
  ['after its time', labels, '2026-01-01T12:00:01Z', true],
  ['at its very time', labels, '2026-01-01T12:00:00Z', false],
  ['before its time', labels, '2026-01-01T11:59:59Z', false],
  ['without a date', { 'exoship-smoke': 'smoke-1' }, '2030-01-01T00:00:00Z', false],
  [
    'with a date that is none',
    { ...labels, 'exoship-expires-at': 'soon' },
    '2030-01-01T00:00:00Z',
    false,
  ],
  [
    'that is not ours',
    { 'exoship-expires-at': '2020-01-01T00:00:00Z' },
    '2030-01-01T00:00:00Z',
    false,
  ],
  ['without labels', {}, '2030-01-01T00:00:00Z', false],
] as const)('isExpiredSmoke() judges an instance %s', ([, given, now, isExpired]) => {
  expect(isExpiredSmoke(given, new Date(now))).toBe(isExpired);
});
