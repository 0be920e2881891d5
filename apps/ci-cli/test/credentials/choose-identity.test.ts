import { expect, test } from 'vitest';
import type { LoginConfig } from '../../src/config/login-schema.ts';
import { canLogInAgain, chooseIdentity } from '../../src/credentials/choose-identity.ts';
import { fakeJob } from '../support/fake-job.ts';
import { keySource } from '../support/key-source.ts';

const now = new Date('2026-01-01T00:00:00Z');
const endsAt = new Date('2026-01-01T01:00:00Z');
const jwt = `head.${Buffer.from(JSON.stringify({ exp: endsAt.getTime() / 1_000 })).toString('base64url')}.signature`;
const env = { VAULT_ID_TOKEN: jwt, VAULT_TOKEN: 'hvs.broker', VAULT_SECRET_ID: 'secret-id-1' };

async function choose(login: LoginConfig, overrides: object = {}, roleId?: string) {
  const { job } = fakeJob({ env: { ...env, ...overrides } });
  return await chooseIdentity(job, { ...keySource, login, roleId: roleId ?? keySource.roleId });
}

test('chooseIdentity() takes the token of the job before one that was stored', async () => {
  expect(await choose({ kind: 'auto' })).toMatchObject({
    kind: 'jwt',
    role: 'gitlab-ci-runner-deploy',
    mount: 'jwt',
    expiresAt: endsAt,
  });
  expect(await choose({ kind: 'auto' }, { VAULT_ID_TOKEN: undefined })).toMatchObject({
    kind: 'broker',
    roleId: 'role-id-1',
    renew: true,
    wrapTtlMs: undefined,
  });
});

test('chooseIdentity() does as the file says', async () => {
  const from = 'env:VAULT_SECRET_ID';
  expect((await choose({ kind: 'secret-id', from })).kind).toBe('secret-id');
  expect(await choose({ kind: 'wrapped-secret-id', from, ttlMs: 60_000 })).toMatchObject({
    kind: 'wrapped-secret-id',
    ttlMs: 60_000,
    creationPath: undefined,
  });
  const broker = {
    kind: 'broker',
    from: 'env:VAULT_TOKEN',
    wrapTtlMs: 60_000,
    renew: false,
  } as const;
  expect(await choose(broker)).toMatchObject({ kind: 'broker', wrapTtlMs: 60_000, renew: false });
});

test('chooseIdentity() needs a role id for an AppRole only', async () => {
  await expect(choose({ kind: 'auto' }, {}, '')).resolves.toMatchObject({ kind: 'jwt' });
  await expect(choose({ kind: 'auto' }, { VAULT_ID_TOKEN: '' }, '')).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringContaining('VAULT_ROLE_ID is not set'),
  });
});

test('chooseIdentity() says which variable is missing', async () => {
  const nothing = { VAULT_ID_TOKEN: undefined, VAULT_TOKEN: undefined };
  await expect(choose({ kind: 'auto' }, nothing)).rejects.toThrow('VAULT_TOKEN is not set');
});

test.each<[LoginConfig, object, boolean]>([
  [{ kind: 'broker', from: 'env:VAULT_TOKEN', renew: true }, {}, true],
  [{ kind: 'jwt', from: 'env:VAULT_ID_TOKEN', mount: 'jwt' }, {}, true],
  [{ kind: 'jwt', from: 'env:VAULT_ID_TOKEN', mount: 'jwt' }, { VAULT_ID_TOKEN: 'a.b.c' }, false],
  [{ kind: 'secret-id', from: 'env:VAULT_SECRET_ID' }, {}, false],
  [{ kind: 'wrapped-secret-id', from: 'env:VAULT_SECRET_ID' }, {}, false],
])('canLogInAgain() with %j and %j: %s', async (login, overrides, expected) => {
  expect(canLogInAgain(await choose(login, overrides), now)).toBe(expected);
});

test('canLogInAgain() is over when the JWT has expired', async () => {
  expect(canLogInAgain(await choose({ kind: 'auto' }), endsAt)).toBe(false);
});
