import { expect, test } from 'vitest';
import { didYouMean, nearest } from '../../src/config/nearest.ts';

const keys = ['build', 'test', 'deploy', 'checks', 'zone', 'pool', 'securityGroups'];

test.each([
  ['chekcs', 'checks'],
  ['check', 'checks'],
  ['zoen', 'zone'],
  ['Zone', 'zone'],
  ['security_groups', 'securityGroups'],
  ['securitygroup', 'securityGroups'],
  ['depoy', 'deploy'],
])('nearest() takes %s for %s', (word, expected) => {
  expect(nearest(word, keys)).toBe(expected);
});

test.each(['', 'x', 'foo', 'readiness'])('nearest() does not guess at "%s"', (word) => {
  expect(nearest(word, keys)).toBeUndefined();
});

test('nearest() finds the nearest, not the first that is near', () => {
  expect(nearest('pools', ['tools', 'pool'])).toBe('tools');
  expect(nearest('pools', ['spools', 'pool', 'pools'])).toBe('pools');
});

test('didYouMean() is empty when there is nothing to say', () => {
  expect(didYouMean('zoen', keys)).toBe(': did you mean "zone"');
  expect(didYouMean('readiness', keys)).toBe('');
});
