import { expect, test } from 'vitest';
import { createRelease } from '../src/release.ts';

test('createRelease() fills in port and lame duck', () => {
  expect(createRelease({ version: '1.0.0', release: 'bad-app' })).toEqual({
    version: '1.0.0',
    release: 'bad-app',
    port: 8080,
    lameDuckMs: 15_000,
  });
});

test.each(['', 'a b', '1.0\r\nx: y', '-v', 'v'.repeat(129), undefined, 1])(
  'createRelease() refuses version %j',
  (version) => {
    expect(() => createRelease({ version, release: 'good' })).toThrow(TypeError);
  },
);

test('createRelease() names the releases there are', () => {
  expect(() => createRelease({ version: '1', release: 'best' })).toThrow(
    'Cannot use release "best": expected one of good, bad-health, bad-app',
  );
});

test.each([-1, 1.5, 65_536, '80a', null])('createRelease() refuses port %j', (port) => {
  expect(() => createRelease({ version: '1', release: 'good', port })).toThrow(RangeError);
});
