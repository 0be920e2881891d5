import { describe, expect, test } from 'vitest';
import { type JwtLoginOptions, loginWithJwt, type VaultSession } from '../src/index.ts';
import {
  cut,
  dataAnswer,
  errors,
  type FakeVault,
  json,
  loginAnswer,
  startFakeVault,
} from './fake-vault.ts';
import { canaries, failureOf, secret } from './login.ts';
import { createManualClock } from './manual-clock.ts';

const loginPath = 'POST auth/jwt/login';
const jwt = 'eyJCANARYhead.eyJCANARYbody.CANARYsignature';

async function logIn(
  vault: FakeVault,
  options: Partial<JwtLoginOptions> = {},
): Promise<VaultSession> {
  const { address } = vault;
  return await loginWithJwt({ address, jwt: secret(jwt), clock: createManualClock(), ...options });
}

describe('loginWithJwt()', () => {
  test('shows the JWT and gets a session like any other', async () => {
    await using vault = await startFakeVault();
    vault.script(loginPath, loginAnswer());
    vault.script('GET a/b', dataAnswer({ some: 'thing' }));
    const announced: string[] = [];
    const session = await logIn(vault, {
      role: 'ship',
      onSecret: (one) => void announced.push(one.reveal()),
    });
    expect(vault.seen[0]?.body).toEqual({ jwt, role: 'ship' });
    expect(vault.seen[0]?.headers).not.toHaveProperty('x-vault-token');
    expect((await session.read('a/b')).data).toEqual({ some: 'thing' });
    expect(announced).toEqual([canaries.token]);
  });

  test('leaves the role to Vault when none is named, and uses another mount', async () => {
    await using vault = await startFakeVault();
    vault.script('POST auth/gitlab/jwt/login', loginAnswer());
    await logIn(vault, { mountPath: 'gitlab/jwt' });
    expect(vault.seen[0]?.body).toEqual({ jwt });
  });

  test('shows the JWT again when the answer was lost: it is not used up', async () => {
    await using vault = await startFakeVault();
    vault.script(loginPath, cut(), loginAnswer());
    expect((await logIn(vault)).accessor).toBe('accessor-1');
    expect(vault.seen).toHaveLength(2);
  });

  test.each([
    ['error validating token: invalid expiration time (exp) claim: token is expired', /waited/],
    ['error validating token: invalid audience (aud) claim', /bound audiences/],
    ['error validating claims: claim "ref" does not match any associated bound claim', /bound/],
    ['role "x" could not be found', /role/],
  ])('says what "%s" may mean', async (message, hint) => {
    await using vault = await startFakeVault();
    vault.script(loginPath, errors(400, message));
    const failure = await failureOf(logIn(vault));
    expect(failure).toMatchObject({ code: 'invalid-credentials', retryable: false, status: 400 });
    expect(failure.message).toMatch(hint);
    expect(vault.seen).toHaveLength(1);
  });

  test('never prints the JWT, not even when Vault says it', async () => {
    await using vault = await startFakeVault();
    vault.script(loginPath, errors(400, `error validating token: ${jwt}`));
    expect((await failureOf(logIn(vault))).message).not.toContain('CANARY');
  });

  test.each([
    ['a batch token', loginAnswer({ token_type: 'batch' }), 'unsupported-token'],
    ['no token', json(200, { auth: null }), 'not-logged-in'],
    ['another address', errors(403, 'permission denied'), 'denied'],
    ['no such mount', errors(404, 'no handler for route "auth/jwt/login"'), 'not-found'],
  ])('does not log in with %s', async (_what, reply, code) => {
    await using vault = await startFakeVault();
    vault.script(loginPath, reply);
    expect(await failureOf(logIn(vault))).toMatchObject({ code, path: 'auth/jwt/login' });
  });

  test.each([
    [{ jwt: secret('') }, 'Missing JWT'],
    [{ jwt: secret(`${jwt}\n`) }, 'line break'],
    [{ jwt: secret('CANARY') }, 'three parts'],
    [{ role: '../x' }, 'role name'],
    [{ mountPath: '..' }, 'mount path'],
    [{ roleId: 'x' }, '"roleId"'],
  ])('refuses %o at the door', async (options, words) => {
    await using vault = await startFakeVault();
    const failure = await failureOf(logIn(vault, options as Partial<JwtLoginOptions>));
    expect(failure.message).toContain(words);
    expect(failure.message).not.toContain('CANARY');
    expect(vault.seen).toEqual([]);
  });

  test('rejects with the reason of the signal', async () => {
    await using vault = await startFakeVault();
    const reason = new Error('job cancelled');
    await expect(logIn(vault, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});
