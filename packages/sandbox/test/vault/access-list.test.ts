import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createAccessList, patternMatches } from '../../src/vault/access-list.ts';
import type { Capability, PathRule } from '../../src/vault/policy-document.ts';

const rule = (path: string, ...capabilities: Capability[]): PathRule => ({
  path,
  capabilities,
  minWrappingTtlMs: 0,
  maxWrappingTtlMs: 0,
});
const reads = (rules: readonly PathRule[], path: string): boolean =>
  createAccessList([rules]).allows({ operation: 'read', path, wrapTtlMs: 0 });

const segment = fc.constantFrom('a', 'b', 'ab', 'c');
const path = fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
const pattern = fc
  .tuple(
    fc.array(fc.oneof(segment, fc.constant('+')), { minLength: 1, maxLength: 4 }),
    fc.constantFrom('', '*', '/*'),
  )
  .map(([parts, end]) => parts.join('/') + end)
  .filter((text) => !text.includes('+*'));
const capability = fc.constantFrom<Capability>('read', 'update', 'deny', 'list');
const rules = fc.array(
  fc.tuple(pattern, fc.array(capability)).map(([where, rights]) => rule(where, ...rights)),
);

describe('patternMatches()', () => {
  test.each([
    ['a/b', 'a/b', true],
    ['a/b', 'a/b/c', false],
    ['a/*', 'a/b/c', true],
    ['a/*', 'a', false],
    ['a/b*', 'a/bc/d', true],
    ['*', 'anything/at/all', true],
    ['a/+/c', 'a/b/c', true],
    ['a/+/c', 'a/b/b/c', false],
    ['+/b', 'a/b', true],
    ['a/+/c*', 'a/b/cd/e', true],
    ['a/+', 'a', false],
  ])('%s covers %s: %s', (covering, covered, expected) => {
    expect(patternMatches(covering, covered)).toBe(expected);
  });

  test('agrees with a regular expression on every pattern and path', () => {
    fc.assert(
      fc.property(pattern, path, (covering, covered) => {
        const source = covering.replaceAll('+', '[^/]+').replace(/\*$/, '.*');
        expect(patternMatches(covering, covered)).toBe(new RegExp(`^${source}$`).test(covered));
      }),
    );
  });
});

describe('createAccessList()', () => {
  test('grants nothing that no rule names', () => {
    fc.assert(
      fc.property(rules, path, (given, wanted) => {
        const isCovered = given.some((candidate) => patternMatches(candidate.path, wanted));
        if (!isCovered) expect(reads(given, wanted)).toBe(false);
      }),
    );
  });

  test('does not depend on the order of rules and policies', () => {
    fc.assert(
      fc.property(rules, path, (given, wanted) => {
        const one = createAccessList([given]);
        const other = createAccessList(given.toReversed().map((single) => [single]));
        expect(other.capabilities(wanted)).toEqual(one.capabilities(wanted));
      }),
    );
  });

  test('lets an exact rule win over every pattern', () => {
    fc.assert(
      fc.property(rules, path, fc.boolean(), (given, wanted, isGranted) => {
        const others = given.filter((candidate) => candidate.path !== wanted);
        const exact = rule(wanted, isGranted ? 'read' : 'deny');
        expect(reads([...others, exact], wanted)).toBe(isGranted);
      }),
    );
  });

  test('lets a denial stand against any other rule on the same path', () => {
    fc.assert(
      fc.property(path, fc.array(capability), (wanted, rights) => {
        const access = createAccessList([[rule(wanted, ...rights)], [rule(wanted, 'deny')]]);
        expect(access.capabilities(wanted)).toEqual(['deny']);
      }),
    );
  });

  test('adds up the rights of several policies on one path', () => {
    const access = createAccessList([[rule('a', 'read')], [rule('a', 'update')]]);
    expect(access.capabilities('a')).toEqual(['read', 'update']);
  });

  test.each([
    ['the longer prefix', ['secret/*', 'secret/app/*'], 'secret/app/x'],
    ['the later wildcard', ['secret/+/app', 'secret/team/*'], 'secret/team/app'],
    ['no glob over a glob', ['a/+/c*', 'a/+/cd'], 'a/b/cd'],
    ['fewer wildcards', ['a/+/+/d', 'a/+/c/d'], 'a/b/c/d'],
  ])('prefers %s', (_, [weaker = '', stronger = ''], wanted) => {
    expect(reads([rule(weaker, 'read'), rule(stronger, 'deny')], wanted)).toBe(false);
    expect(reads([rule(weaker, 'deny'), rule(stronger, 'read')], wanted)).toBe(true);
  });

  test('takes a rule without the last slash for a listing', () => {
    const access = createAccessList([[rule('role', 'list')]]);
    expect(access.allows({ operation: 'list', path: 'role/', wrapTtlMs: 0 })).toBe(true);
  });

  test('keeps the tighter of two wrapping limits', () => {
    const limit = (maxWrappingTtlMs: number) => [{ ...rule('a', 'read'), maxWrappingTtlMs }];
    const access = createAccessList([limit(90_000), limit(30_000)]);
    const allows = (wrapTtlMs: number) =>
      access.allows({ operation: 'read', path: 'a', wrapTtlMs });
    expect([allows(0), allows(30_000), allows(31_000)]).toEqual([false, true, false]);
  });
});
