import { describe, expect, test } from 'vitest';
import {
  cut,
  dataAnswer,
  errors,
  type FakeVault,
  hang,
  json,
  loginAnswer,
  type Reply,
  startFakeVault,
} from './fake-vault.ts';
import {
  brokerCredential,
  canaries,
  failureOf,
  logIn,
  requestTo,
  wrappedCredential,
} from './login.ts';

const lookupPath = 'POST sys/wrapping/lookup';
const unwrapPath = 'POST sys/wrapping/unwrap';
const loginPath = 'POST auth/approle/login';
const secretIdPath = 'POST auth/approle/role/gitlab-ci-runner/secret-id';
const used = errors(400, 'wrapping token is not valid or does not exist');

const facts = {
  creation_path: 'auth/approle/role/gitlab-ci-runner/secret-id',
  creation_time: '2026-01-01T00:00:00.123456789Z',
  creation_ttl: 60,
};

function scriptGoodPath(vault: FakeVault): void {
  vault.script(lookupPath, dataAnswer(facts));
  vault.script(unwrapPath, dataAnswer({ secret_id: canaries.generated }));
  vault.script(loginPath, loginAnswer());
}

async function failureWith(call: string, ...replies: readonly Reply[]) {
  await using vault = await startFakeVault();
  scriptGoodPath(vault);
  vault.script(call, ...replies);
  const failure = await failureOf(logIn(vault, { credential: wrappedCredential }));
  return { failure, calls: vault.urls().map((url) => url.replace('/v1/', '')) };
}

describe('loginWithAppRole() with a wrapped secret id', () => {
  test('looks at the token without using it, opens it, and logs in', async () => {
    await using vault = await startFakeVault();
    scriptGoodPath(vault);
    const announced: string[] = [];
    await logIn(vault, {
      credential: wrappedCredential,
      onSecret: (secret) => void announced.push(secret.reveal()),
    });
    const [lookup, unwrap, login] = vault.seen;
    expect(lookup?.headers).not.toHaveProperty('x-vault-token');
    expect(lookup?.body).toEqual({ token: canaries.wrapping });
    // Named in both places the token would burn.
    expect(unwrap?.headers['x-vault-token']).toBe(canaries.wrapping);
    expect(unwrap?.body).toEqual({});
    expect(login?.body.secret_id).toBe(canaries.generated);
    expect(announced).toEqual([canaries.generated, canaries.token]);
  });

  test.each([
    ['is another role', { creation_path: 'auth/approle/role/admin/secret-id' }],
    ['ends alike', { creation_path: 'x/auth/approle/role/gitlab-ci-runner/secret-id' }],
    ['begins alike', { creation_path: 'auth/approle/role/gitlab-ci-runner/secret-id/lookup' }],
    ['is what anybody may use', { creation_path: 'sys/wrapping/wrap' }],
    ['is that of a wrap of the wrapped', { creation_path: 'sys/wrapping/rewrap' }],
    ['is missing', { creation_path: undefined }],
    ['has another TTL', { creation_ttl: 120 }],
    ['is older than its TTL', { creation_time: '2025-12-31T23:57:59Z' }],
    ['is from the future', { creation_time: '2026-01-01T00:01:01Z' }],
    ['has no age', { creation_time: undefined }],
  ])('raises the alarm, and does not open the token, when its origin %s', async (_what, change) => {
    const { failure, calls } = await failureWith(lookupPath, dataAnswer({ ...facts, ...change }));
    expect(failure).toMatchObject({ code: 'intercepted', retryable: false });
    expect(calls).toEqual([lookupPath]);
  });

  test.each([
    ['is not known', lookupPath, used, [lookupPath]],
    ['is malformed', lookupPath, errors(403, 'error validating wrapping token: x'), [lookupPath]],
    ['was opened after the look', unwrapPath, used, [lookupPath, unwrapPath]],
  ])('raises the alarm once when the token %s', async (_what, call, reply, expected) => {
    const { failure, calls } = await failureWith(call, reply);
    expect(failure).toMatchObject({ code: 'intercepted', retryable: false });
    expect(failure.message).toMatch(/somebody else may have the secret id/);
    expect(failure.message).not.toContain('CANARY');
    expect(calls).toEqual(expected);
  });

  test('does not try to open twice when the answer is lost', async () => {
    const { failure, calls } = await failureWith(unwrapPath, cut());
    expect(failure).toMatchObject({ code: 'ambiguous', path: 'sys/wrapping/unwrap' });
    expect(calls).toEqual([lookupPath, unwrapPath]);
  });

  test('an outage is no alarm', async () => {
    const sealed = errors(503, 'Vault is sealed');
    const { failure } = await failureWith(lookupPath, sealed);
    expect(failure).toMatchObject({ code: 'sealed', retryable: true });
  });

  test.each([
    ['a token of another kind', json(200, { auth: { client_token: 'hvs.x' }, data: null })],
    ['no secret id', dataAnswer({ password: 'x' })],
  ])('refuses a wrapping token that holds %s', async (_what, reply) => {
    const { failure } = await failureWith(unwrapPath, reply);
    expect(failure).toMatchObject({ code: 'invalid-response' });
  });

  test('believes another path when told so, and any TTL when told none', async () => {
    await using vault = await startFakeVault();
    scriptGoodPath(vault);
    const creationPath = 'teams/blue/auth/approle/role/gitlab-ci-runner/secret-id';
    vault.script(lookupPath, dataAnswer({ ...facts, creation_path: creationPath }));
    const credential = { ...wrappedCredential, creationPath, ttlMs: undefined };
    expect((await logIn(vault, { credential })).accessor).toBe('accessor-1');
  });

  test('rejects with the reason of the signal while the token is opened', async () => {
    await using vault = await startFakeVault();
    scriptGoodPath(vault);
    const controller = new AbortController();
    const reason = new Error('job cancelled');
    vault.script(unwrapPath, (request, response) => {
      controller.abort(reason);
      hang()(request, response);
    });
    const options = { credential: wrappedCredential, signal: controller.signal };
    await expect(logIn(vault, options)).rejects.toBe(reason);
  });
});

describe('loginWithAppRole() with a broker whose policy demands wrapping', () => {
  const credential = { ...brokerCredential, wrapTtlMs: 60_000, renew: false };
  const wrapped = json(200, { data: null, wrap_info: { token: canaries.wrapping, ttl: 60 } });

  test('asks for a wrapped secret id and opens it', async () => {
    await using vault = await startFakeVault();
    scriptGoodPath(vault);
    vault.script(secretIdPath, wrapped);
    const announced: string[] = [];
    await logIn(vault, { credential, onSecret: (one) => void announced.push(one.reveal()) });
    expect(requestTo(vault, secretIdPath)?.headers['x-vault-wrap-ttl']).toBe('60s');
    expect(requestTo(vault, loginPath)?.headers).not.toHaveProperty('x-vault-wrap-ttl');
    expect(vault.seen).toHaveLength(4);
    expect(announced).toEqual([canaries.wrapping, canaries.generated, canaries.token]);
  });

  test('raises the alarm when somebody else opened it first', async () => {
    await using vault = await startFakeVault();
    scriptGoodPath(vault);
    vault.script(secretIdPath, wrapped);
    vault.script(unwrapPath, used);
    expect(await failureOf(logIn(vault, { credential }))).toMatchObject({ code: 'intercepted' });
    expect(vault.seen).toHaveLength(3);
  });

  test('does not take an answer that is not wrapped', async () => {
    await using vault = await startFakeVault();
    vault.script(secretIdPath, dataAnswer({ secret_id: canaries.generated }));
    const failure = await failureOf(logIn(vault, { credential }));
    expect(failure).toMatchObject({ code: 'invalid-response' });
  });

  test('says that wrapping may be what a refused request lacks', async () => {
    await using vault = await startFakeVault();
    vault.script(secretIdPath, errors(403, 'permission denied'));
    const failure = await failureOf(logIn(vault, { credential: brokerCredential }));
    expect(failure.message).toContain('min_wrapping_ttl');
  });
});
