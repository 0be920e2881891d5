import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { isVaultError, type Secret } from '../src/index.ts';
import {
  cut,
  dataAnswer,
  errors,
  hang,
  json,
  loginAnswer,
  raw,
  startFakeVault,
} from './fake-vault.ts';
import { brokerCredential, canaries, failureOf, logIn, requestTo } from './login.ts';
import { createManualClock } from './manual-clock.ts';

const loginPath = 'POST auth/approle/login';
const secretIdPath = 'POST auth/approle/role/gitlab-ci-runner/secret-id';

describe('loginWithAppRole()', () => {
  test('logs in with a secret id and describes the token', async () => {
    await using vault = await startFakeVault();
    vault.script(loginPath, loginAnswer());
    const session = await logIn(vault);
    expect(session.accessor).toBe('accessor-1');
    expect(session.policies).toEqual(['default', 'exoscale-create-apikey']);
    expect(session.expiresAt).toEqual(new Date('2026-01-01T00:20:00Z'));
    expect(vault.seen[0]?.body).toEqual({ role_id: 'role-id-1', secret_id: canaries.secretId });
  });

  test('says for how many calls the token is good, when that is limited', async () => {
    await using vault = await startFakeVault();
    vault.script(loginPath, loginAnswer(), loginAnswer({ num_uses: 6 }));
    expect((await logIn(vault)).uses).toBeUndefined();
    expect((await logIn(vault)).uses).toBe(6);
  });

  test('sends the headers that Vault wants and no token', async () => {
    await using vault = await startFakeVault();
    vault.script(loginPath, loginAnswer());
    await logIn(vault, { namespace: 'teams/blue' });
    const headers = vault.seen[0]?.headers ?? {};
    expect(headers['x-vault-request']).toBe('true');
    expect(headers['x-vault-namespace']).toBe('teams/blue');
    expect(headers['content-type']).toBe('application/json');
    expect(headers).not.toHaveProperty('x-vault-token');
  });

  test('fetches a secret id with a broker token, with the metadata as a JSON string', async () => {
    await using vault = await startFakeVault();
    vault.script(secretIdPath, dataAnswer({ secret_id: canaries.generated }));
    vault.script(loginPath, loginAnswer());
    await logIn(vault, { credential: { ...brokerCredential, metadata: { job: '17' } } });
    const generation = requestTo(vault, secretIdPath);
    const login = requestTo(vault, loginPath);
    expect(generation?.headers['x-vault-token']).toBe(canaries.brokerToken);
    expect(generation?.body).toEqual({ metadata: '{"job":"17"}' });
    expect(login?.headers).not.toHaveProperty('x-vault-token');
    expect(login?.body).toEqual({ role_id: 'role-id-1', secret_id: canaries.generated });
  });

  test('renews the broker token beside the login, unless told not to', async () => {
    await using vault = await startFakeVault();
    vault.script(secretIdPath, dataAnswer({ secret_id: canaries.generated }));
    vault.script(loginPath, loginAnswer());
    vault.script('POST auth/token/renew-self', loginAnswer());
    await logIn(vault, { credential: brokerCredential });
    const renewal = requestTo(vault, 'POST auth/token/renew-self');
    expect(renewal?.headers['x-vault-token']).toBe(canaries.brokerToken);
    expect(vault.seen).toHaveLength(3);
    await logIn(vault, { credential: { ...brokerCredential, renew: false } });
    expect(vault.seen).toHaveLength(5);
  });

  test.each([
    ['is refused', errors(403, 'permission denied')],
    ['finds nobody', cut()],
  ])('logs in all the same when renewing the broker token %s', async (_what, reply) => {
    await using vault = await startFakeVault();
    vault.script(secretIdPath, dataAnswer({ secret_id: canaries.generated }));
    vault.script(loginPath, loginAnswer());
    vault.script('POST auth/token/renew-self', reply);
    const session = await logIn(vault, { credential: brokerCredential });
    expect(session.accessor).toBe('accessor-1');
  });

  test('uses another mount, also a nested one', async () => {
    await using vault = await startFakeVault();
    vault.script('POST auth/teams/blue/login', loginAnswer());
    await logIn(vault, { mountPath: 'teams/blue' });
    expect(vault.urls()).toEqual(['POST /v1/auth/teams/blue/login']);
  });

  test('announces each secret before it is used', async () => {
    await using vault = await startFakeVault();
    vault.script(secretIdPath, dataAnswer({ secret_id: canaries.generated }));
    vault.script(loginPath, loginAnswer());
    const announced: string[] = [];
    const onSecret = (secret: Secret): void => {
      announced.push(
        `${secret.reveal()} after ${vault.seen.length} requests, prints ${inspect(secret)}`,
      );
    };
    await logIn(vault, { credential: { ...brokerCredential, renew: false }, onSecret });
    expect(announced).toEqual([
      `${canaries.generated} after 1 requests, prints [redacted]`,
      `${canaries.token} after 2 requests, prints [redacted]`,
    ]);
  });

  test.each([
    ['no auth', json(200, { auth: null }), 'not-logged-in'],
    ['an empty token', loginAnswer({ client_token: '' }), 'not-logged-in'],
    [
      'a second factor',
      loginAnswer({ client_token: '', mfa_requirement: { mfa_request_id: 'x' } }),
      'not-logged-in',
    ],
    [
      'a second factor beside a token',
      loginAnswer({ mfa_requirement: { mfa_request_id: 'x' } }),
      'not-logged-in',
    ],
    ['a token with a line break', loginAnswer({ client_token: 'hvs.a\nb' }), 'not-logged-in'],
    ['HTML', raw(200, '<html>', { 'Content-Type': 'text/html' }), 'not-logged-in'],
    [
      'truncated JSON',
      raw(200, '{"auth":', { 'Content-Type': 'application/json' }),
      'not-logged-in',
    ],
    ['a JSON string', raw(200, '"ok"', { 'Content-Type': 'application/json' }), 'not-logged-in'],
    ['nothing', raw(204, ''), 'not-logged-in'],
    ['a batch token', loginAnswer({ token_type: 'batch' }), 'unsupported-token'],
    [
      'a batch token by its prefix',
      loginAnswer({ client_token: 'hvb.abcdef' }),
      'unsupported-token',
    ],
    ['an oversized body', raw(200, ' '.repeat(2 ** 20 + 1)), 'invalid-response'],
  ])('does not take %s for a login', async (_what, reply, code) => {
    await using vault = await startFakeVault();
    vault.script(loginPath, reply);
    await expect(logIn(vault)).rejects.toMatchObject({
      name: 'VaultError',
      code,
      retryable: false,
      path: 'auth/approle/login',
    });
    expect(vault.seen).toHaveLength(1);
  });

  test('says why it refuses a batch token', async () => {
    await using vault = await startFakeVault();
    vault.script(loginPath, loginAnswer({ token_type: 'batch' }));
    await expect(logIn(vault)).rejects.toThrow('cannot be revoked');
  });

  test.each([
    [400, 'invalid role or secret ID', 'invalid-credentials'],
    [400, 'missing role_id', 'invalid-credentials'],
    [400, 'source address "1.2.3.4" unauthorized by CIDR restrictions on the secret ID', 'denied'],
    [400, 'something else', 'rejected'],
    [403, 'permission denied', 'denied'],
    [404, 'no handler for route "auth/approle/login"', 'not-found'],
    [405, 'unsupported operation', 'rejected'],
    [500, 'internal error', 'server-failed'],
    [501, 'not initialised', 'server-failed'],
  ])('maps %i "%s" to %s without a second try', async (status, message, code) => {
    await using vault = await startFakeVault();
    vault.script(loginPath, errors(status, message));
    await expect(logIn(vault)).rejects.toMatchObject({ code, status, retryable: false });
    expect(vault.seen).toHaveLength(1);
  });

  test('fails as ambiguous, once, when the answer to a login is lost', async () => {
    await using vault = await startFakeVault();
    vault.script(loginPath, cut());
    await expect(logIn(vault)).rejects.toMatchObject({ code: 'ambiguous', retryable: false });
    expect(vault.seen).toHaveLength(1);
  });

  test('gets a new secret id when the answer to a login is lost and a broker is at hand', async () => {
    await using vault = await startFakeVault();
    vault.script(
      secretIdPath,
      dataAnswer({ secret_id: 'secret-id-one' }),
      dataAnswer({ secret_id: 'secret-id-two' }),
    );
    vault.script(loginPath, cut(), loginAnswer());
    await logIn(vault, { credential: brokerCredential });
    const used = vault.seen.map(({ body }) => body.secret_id).filter(Boolean);
    expect(used).toEqual(['secret-id-one', 'secret-id-two']);
  });

  test('does not spend secret ids for ever', async () => {
    await using vault = await startFakeVault();
    vault.script(secretIdPath, dataAnswer({ secret_id: canaries.generated }));
    vault.script(loginPath, cut());
    const credential = { ...brokerCredential, renew: false };
    const failure = await failureOf(logIn(vault, { credential }));
    expect(failure).toMatchObject({ code: 'ambiguous' });
    expect(vault.seen).toHaveLength(6);
  });

  test('rejects a broker answer without a secret id', async () => {
    await using vault = await startFakeVault();
    vault.script(secretIdPath, dataAnswer({}));
    const failure = await failureOf(logIn(vault, { credential: brokerCredential }));
    expect(failure).toMatchObject({ code: 'invalid-response' });
  });

  test('tells a refused broker token from refused credentials', async () => {
    await using vault = await startFakeVault();
    vault.script(secretIdPath, errors(403, 'permission denied'));
    const failure = await failureOf(logIn(vault, { credential: brokerCredential }));
    expect(failure).toMatchObject({ code: 'denied', path: 'auth/approle/role/:name/secret-id' });
    expect(failure.message).toContain('broker token');
  });

  test('rejects with the reason of the signal, before and during the login', async () => {
    await using vault = await startFakeVault();
    const reason = new Error('job cancelled');
    await expect(logIn(vault, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(vault.seen).toHaveLength(0);

    const controller = new AbortController();
    vault.script(loginPath, (request, response) => {
      controller.abort(reason);
      hang()(request, response);
    });
    await expect(logIn(vault, { signal: controller.signal })).rejects.toBe(reason);
  });

  test('rejects with the reason of the signal during a pause', async () => {
    await using vault = await startFakeVault();
    vault.script(loginPath, errors(503, 'Vault is sealed'));
    const reason = new Error('job cancelled');
    const controller = new AbortController();
    const clock = createManualClock();
    const sleep: typeof clock.sleep = async (ms, options) => {
      controller.abort(reason);
      await clock.sleep(ms, options);
    };
    const options = { signal: controller.signal, clock: { ...clock, sleep } };
    await expect(logIn(vault, options)).rejects.toBe(reason);
  });

  test('throws errors that isVaultError() knows', async () => {
    await using vault = await startFakeVault();
    const failure = await failureOf(logIn(vault));
    expect(isVaultError(failure)).toBe(true);
    expect(isVaultError(new Error('other'))).toBe(false);
  });
});
