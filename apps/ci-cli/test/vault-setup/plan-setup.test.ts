import { expect, test } from 'vitest';
import type { Desired } from '../../src/vault-setup/desired-state.ts';
import { compare } from '../../src/vault-setup/plan-setup.ts';
import { brokerPolicy, jobPolicy } from '../../src/vault-setup/policies.ts';
import { renderSetup } from '../../src/vault-setup/render-setup.ts';

const desired: Desired = {
  path: 'auth/approle/role/ci',
  body: {
    token_ttl: 60,
    token_policies: ['a', 'b'],
    bound_claims: { ref: 'main' },
    'iam-role': 'x',
  },
  toldAs: { 'iam-role': 'iam-role-name' },
  why: 'Because',
};
const state = {
  token_ttl: 60,
  token_policies: ['b', 'a'],
  bound_claims: { ref: 'main' },
  'iam-role-name': 'x',
  more: true,
};

test.each([
  ['nothing', undefined, 'create', ['token_ttl', 'token_policies', 'bound_claims', 'iam-role']],
  ['the same in another order, and more', state, 'same', []],
  ['another number', { ...state, token_ttl: 61 }, 'update', ['token_ttl']],
  [
    'a list with more in it',
    { ...state, token_policies: ['a', 'b', 'root'] },
    'update',
    ['token_policies'],
  ],
  ['a list with less in it', { ...state, token_policies: ['a'] }, 'update', ['token_policies']],
  [
    'a map with more in it',
    { ...state, bound_claims: { ref: 'main', x: 1 } },
    'update',
    ['bound_claims'],
  ],
  ['a map with less in it', { ...state, bound_claims: {} }, 'update', ['bound_claims']],
  ['another role', { ...state, 'iam-role-name': 'y' }, 'update', ['iam-role']],
])('compare() finds %s', (_what, found, kind, differs) => {
  expect(compare(desired, found)).toEqual({ desired, kind, differs });
});

test('compare() does not mind the line break at the end of a policy', () => {
  const policy: Desired = {
    path: 'sys/policies/acl/x',
    body: { policy: 'path "x" {}\n' },
    why: '',
  };
  expect(compare(policy, { policy: 'path "x" {}' }).kind).toBe('same');
});

test('jobPolicy() allows keys of the role, a look at it, and giving back with proof', () => {
  expect(jobPolicy('exoscale', ['ship'])).toMatchInlineSnapshot(`
    "path "exoscale/apikey/ship" {
      capabilities = ["read"]
    }
    path "exoscale/role/ship" {
      capabilities = ["read"]
    }
    path "sys/leases/revoke" {
      capabilities = ["update"]
    }
    "
  `);
});

test('brokerPolicy() forces wrapping where jobs ask for it', () => {
  const vault = {
    tls: {},
    mounts: { approle: 'approle', exoscale: 'exoscale' },
    appRole: 'ci',
    roles: { build: 'b', test: 't', deploy: 'd' },
  };
  const broker = { kind: 'broker', from: 'env:VAULT_TOKEN', renew: true } as const;
  expect(brokerPolicy({ ...vault, login: broker })).not.toContain('wrapping');
  expect(brokerPolicy({ ...vault, login: { ...broker, wrapTtlMs: 90_000 } })).toContain(
    'min_wrapping_ttl = "1s"\n  max_wrapping_ttl = "90s"',
  );
});

test('renderSetup() prints what a person would type', () => {
  const mount: Desired = {
    path: 'sys/auth/jwt',
    body: { type: 'jwt' },
    why: 'How jobs log in',
    mountedIn: 'sys/auth',
  };
  expect(renderSetup([mount])).toBe('# How jobs log in\nvault auth enable -path=jwt jwt\n');
  expect(renderSetup([desired])).toMatch(
    /^# Because\nvault write auth\/approle\/role\/ci - <<'JSON'/,
  );
});
