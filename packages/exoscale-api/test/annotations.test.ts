import { expect, test } from 'vitest';
import { ownLabels, withAnnotations } from '../src/rollout-pool/annotations.ts';

test.each([
  ['team', 'web', 'Annotation "team" must start with "exoship-"'],
  ['exoship-owner', 'removed', 'Annotation "exoship-owner" must not be "removed"'],
])('withAnnotations() refuses %s: %s', (key, value, message) => {
  expect(() => withAnnotations({}, { [key]: value })).toThrow(new TypeError(message));
});

test('what cannot be removed from a pool that merges reads as gone', () => {
  const before = { team: 'web', 'exoship-owner': 'job 17', 'exoship-last': 'v1' };
  const after = withAnnotations(before, { 'exoship-last': 'v2' }, true);
  expect(after).toEqual({ team: 'web', 'exoship-owner': 'removed', 'exoship-last': 'v2' });
  expect(ownLabels(after)).toEqual({ 'exoship-last': 'v2' });
});
