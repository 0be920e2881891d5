import { trustIdTokens } from '../id-tokens.ts';
import type { Group, Row } from '../row.ts';
import { plainJob } from '../row.ts';

const withClaims = (
  name: string,
  claims: Readonly<Record<string, unknown>>,
  exitCode: number,
  says?: RegExp,
): Row => ({
  name: `JWT ${name}`,
  arrange: async ({ root, idTokens, tap }) => {
    await trustIdTokens(root, idTokens);
    const jwt = idTokens.issue(claims);
    tap.secrets.set(jwt, 'JWT');
    return { VAULT_ID_TOKEN: jwt, VAULT_TOKEN: undefined, VAULT_ROLE_ID: undefined };
  },
  exitCode,
  ...(says && { says }),
});

const now = (): number => Math.floor(Date.now() / 1_000);

const role = (
  name: string,
  fields: Readonly<Record<string, unknown>>,
  row: Omit<Row, 'name'>,
): Row => ({
  name,
  arrange: async ({ root }) => {
    await root.write('exoscale/role/exoship-test', { 'iam-role': 'exoship-test', ...fields });
    await root.write('sys/policies/acl/exoscale-create-apikey', { policy });
  },
  ...row,
});

const policy = [
  'path "exoscale/apikey/*" { capabilities = ["read"] }',
  'path "exoscale/role/*" { capabilities = ["read"] }',
  'path "sys/leases/revoke" { capabilities = ["update"] }',
].join('\n');

const sleeping = (seconds: number, ...flags: string[]): readonly string[] => [
  ...plainJob.slice(0, -2),
  ...flags,
  '--',
  'sleep',
  String(seconds),
];

const rows: readonly Row[] = [
  withClaims('of a job on a protected branch', {}, 0, /this login can be repeated until/),
  withClaims('of an unprotected branch', { ref_protected: 'false' }, 10, /bound/),
  withClaims('of another project', { project_path: 'group/other' }, 10),
  withClaims('for another audience', { aud: 'https://other.example.com' }, 10, /audience/),
  withClaims(
    'that has expired',
    { iat: now() - 900, nbf: now() - 900, exp: now() - 600 },
    10,
    /waited/,
  ),
  withClaims(
    'from the future',
    { iat: now() + 900, nbf: now() + 900, exp: now() + 1_800 },
    10,
    /clock/,
  ),
  withClaims('of another issuer', { iss: 'https://evil.example.com' }, 10),
  {
    name: 'JWT that somebody else signed',
    arrange: async ({ root, idTokens, tap }) => {
      await trustIdTokens(root, idTokens);
      const { createIdTokens } = await import('../id-tokens.ts');
      const jwt = createIdTokens().issue();
      tap.secrets.set(jwt, 'JWT');
      return { VAULT_ID_TOKEN: jwt, VAULT_TOKEN: undefined };
    },
    exitCode: 10,
  },
  {
    name: 'JWT that is none',
    arrange: async () => ({ VAULT_ID_TOKEN: 'not-a-jwt-at-all', VAULT_TOKEN: undefined }),
    exitCode: 2,
  },
  role(
    'key of three seconds, renewed in place for six',
    { ttl: '3s', max_ttl: '1h' },
    {
      argv: sleeping(6),
      exitCode: 0,
      says: /revoked, proven/,
      saysNot: /cannot be handed another/,
    },
  ),
  role(
    'key that cannot be renewed and ends before the command',
    { ttl: '2s', renewable: false },
    {
      argv: sleeping(4),
      exitCode: 0,
      says: /cannot be handed another/,
    },
  ),
  role(
    'key that meets its maximum before the command ends',
    { ttl: '2s', max_ttl: '4s' },
    {
      argv: sleeping(6),
      exitCode: 0,
      says: /cannot be handed another/,
    },
  ),
  role('key of one second', { ttl: '1s' }, { exitCode: 0 }),
  role(
    'work that is longer than the maximum of the key',
    { ttl: '15m', max_ttl: '20m' },
    {
      argv: sleeping(0, '--for', '1h'),
      exitCode: 3,
      says: /Cannot work for 3600 s: key/,
    },
  ),
  role(
    'work that is longer than a key that cannot be renewed',
    { ttl: '15m', renewable: false },
    {
      argv: sleeping(0, '--for', '1h'),
      exitCode: 3,
    },
  ),
  role(
    'work that fits',
    { ttl: '15m', max_ttl: '2h' },
    { argv: sleeping(0, '--for', '1h'), exitCode: 0 },
  ),
  {
    name: 'work that is longer than the maximum of the token',
    argv: sleeping(0, '--for', '3h'),
    exitCode: 3,
    says: /the Vault token cannot live beyond/,
  },
  {
    name: 'work of a length that nobody may look up',
    argv: sleeping(0, '--for', '50m'),
    exitCode: 0,
    says: /nobody knows whether/,
  },
];

export const identity: Group = {
  name: 'identity and lifetimes',
  rows,
  skipped: [],
};
