import { describe, expect, test } from 'vitest';
import { parsePolicy } from '../../src/vault/policy-document.ts';

describe('parsePolicy()', () => {
  test('reads HCL with comments, lists and durations', () => {
    const rules = parsePolicy(`
      # the broker's only right
      path "auth/approle/role/ci/secret-id" {
        capabilities     = ["update", "create",] // a trailing comma
        min_wrapping_ttl = "1s"
        max_wrapping_ttl = 90
      }
      /* and nothing
         here */
      path "/secret/+/x*" { capabilities = ["deny"] }
    `);
    expect(rules).toEqual([
      {
        path: 'auth/approle/role/ci/secret-id',
        capabilities: ['update', 'create'],
        minWrappingTtlMs: 1_000,
        maxWrappingTtlMs: 90_000,
      },
      { path: 'secret/+/x*', capabilities: ['deny'], minWrappingTtlMs: 0, maxWrappingTtlMs: 0 },
    ]);
  });

  test.each([
    ['an object', { path: { 'a/b': { capabilities: ['read'] } } }],
    ['a list of objects', { path: [{ 'a/b': { capabilities: ['read'] } }] }],
  ])('reads JSON with %s', (_, policy) => {
    expect(parsePolicy(JSON.stringify(policy))).toMatchObject([
      { path: 'a/b', capabilities: ['read'] },
    ]);
  });

  test.each([
    ['path "a" {', 'unexpected token "EOF" on line 1'],
    ['path "a" { capabilities = ["fly"] }', 'path "a": invalid capability "fly"'],
    ['path "a" { capabilities = "read" }', 'path "a": capabilities must be a list'],
    ['path "a/+*" { }', `path "a/+*": invalid use of wildcards ('+*' is forbidden)`],
    ['path "a" { denied_parameters = {} }', 'path "a": key "denied_parameters" is not supported'],
    ['rule "a" { }', 'invalid key "rule"'],
    ['path "a" { capabilities = [$] }', 'illegal character on line 1'],
    [
      'path "a" { min_wrapping_ttl = "2m" max_wrapping_ttl = "1m" }',
      'path "a": max_wrapping_ttl cannot be less than min_wrapping_ttl',
    ],
    ['path "a" { min_wrapping_ttl = "soon" }', 'path "a": error parsing min_wrapping_ttl'],
  ])('refuses %j', (source, reason) => {
    expect(() => parsePolicy(source)).toThrow(`failed to parse policy: ${reason}`);
  });
});
