import { describe, expect, test } from 'vitest';
import { openPipelineVault, openVault, type PipelineVault } from './open-vault.ts';

const CREATION_PATH = 'auth/approle/role/ci/secret-id';
const INVALID = {
  status: 400,
  body: { errors: ['wrapping token is not valid or does not exist'] },
};

async function wrapSecretId(vault: PipelineVault, ttl = '60s') {
  const headers = { 'x-vault-wrap-ttl': ttl };
  return (await vault.must(`POST ${CREATION_PATH}`, { headers })).body;
}

describe('X-Vault-Wrap-TTL', () => {
  test('puts the whole answer into a wrapping token', async () => {
    const vault = await openPipelineVault();
    const wrapped = await wrapSecretId(vault);
    expect(wrapped).toEqual({
      request_id: '',
      mount_type: '',
      lease_id: '',
      renewable: false,
      lease_duration: 0,
      data: null,
      wrap_info: {
        token: expect.stringMatching(/^hvs\.CAES/),
        accessor: expect.stringMatching(/^\w{24}$/),
        ttl: 60,
        creation_time: '2026-03-01T08:00:00.000Z',
        creation_path: CREATION_PATH,
        wrapped_accessor: vault.vault.snapshot().secretIds[0]?.accessor,
      },
      warnings: null,
      auth: null,
    });
  });

  test('names the accessor of a wrapped token', async () => {
    const vault = await openPipelineVault();
    const body = { role_id: vault.roleId, secret_id: await vault.secretId() };
    const headers = { 'x-vault-wrap-ttl': '2m' };
    const { wrap_info } = (await vault.must('POST auth/approle/login', { body, headers })).body;
    expect(wrap_info).toMatchObject({ ttl: 120, creation_path: 'auth/approle/login' });
    const accessors = vault.vault.snapshot().tokens.map(({ accessor }) => accessor);
    expect(accessors).toContain(wrap_info.wrapped_accessor);
  });

  test('does not wrap errors nor empty answers', async () => {
    const { call } = openVault();
    const headers = { 'x-vault-wrap-ttl': '60' };
    expect((await call('GET auth/approle/role/none', { headers })).status).toBe(404);
    expect((await call('DELETE auth/approle/role/none', { headers })).status).toBe(204);
  });

  test.each([['soon'], ['-1']])('is refused when it is %j', async (ttl) => {
    const answer = await openVault().call('GET sys/mounts', {
      headers: { 'x-vault-wrap-ttl': ttl },
    });
    expect(answer.status).toBe(400);
  });
});

describe('sys/wrapping/lookup', () => {
  test('needs no token and consumes nothing', async () => {
    const vault = await openPipelineVault();
    const { token } = (await wrapSecretId(vault)).wrap_info;
    for (let round = 0; round < 2; round += 1) {
      const answer = await vault.must('POST sys/wrapping/lookup', { token: '', body: { token } });
      expect(answer.body.data).toEqual({
        creation_path: CREATION_PATH,
        creation_time: '2026-03-01T08:00:00.000Z',
        creation_ttl: 60,
      });
    }
  });
});

describe('sys/wrapping/unwrap', () => {
  test('gives the original answer back, once', async () => {
    const vault = await openPipelineVault();
    const { token } = (await wrapSecretId(vault)).wrap_info;
    const answer = await vault.must('POST sys/wrapping/unwrap', { token });
    expect(answer.body).toMatchObject({
      request_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      wrap_info: null,
      data: { secret_id: expect.any(String), secret_id_num_uses: 0 },
    });
    expect(await vault.call('POST sys/wrapping/unwrap', { token })).toMatchObject(INVALID);
    expect(await vault.call('POST sys/wrapping/lookup', { body: { token } })).toMatchObject(
      INVALID,
    );
  });

  test('can be done by somebody else who holds the token', async () => {
    const vault = await openPipelineVault();
    const { token } = (await wrapSecretId(vault)).wrap_info;
    const holder = await vault.logIn();
    const answer = await vault.must('POST sys/wrapping/unwrap', { token: holder, body: { token } });
    expect(answer.body.data.secret_id).toEqual(expect.any(String));
    expect(await vault.call('POST sys/wrapping/unwrap', { token })).toMatchObject(INVALID);
  });

  test('loses the data when the token is sent twice, in header and body', async () => {
    const vault = await openPipelineVault();
    const { token } = (await wrapSecretId(vault)).wrap_info;
    const answer = await vault.call('POST sys/wrapping/unwrap', { token, body: { token } });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(await vault.call('POST sys/wrapping/unwrap', { token })).toMatchObject(INVALID);
  });

  test('is too late when the wrapping has expired', async () => {
    const vault = await openPipelineVault();
    const { token } = (await wrapSecretId(vault)).wrap_info;
    vault.scheduler.advance(60_000);
    expect(await vault.call('POST sys/wrapping/unwrap', { token })).toMatchObject(INVALID);
  });

  test.each([
    ['no token', '', undefined, 'token is empty'],
    ['an empty token', 'x', { token: '' }, 'empty token in request body'],
    ['a number', 'x', { token: 1 }, 'could not decode token in request body'],
    [
      'a JWT',
      'eyJh.eyJh.c2ln',
      {},
      'wrapping token signature could not be validated: go-jose/go-jose: error in cryptographic primitive',
    ],
  ])('refuses %s with 403', async (_, token, body, reason) => {
    const answer = await openVault().call('POST sys/wrapping/unwrap', { token, body });
    expect(answer).toMatchObject({
      status: 403,
      body: { errors: [`error validating wrapping token: ${reason}`] },
    });
  });

  test('refuses a token that wraps nothing', async () => {
    const { call } = openVault();
    expect(await call('POST sys/wrapping/unwrap')).toMatchObject(INVALID);
  });
});

describe('sys/wrapping/rewrap', () => {
  test('keeps the creation path and the content, and ends the old token', async () => {
    const vault = await openPipelineVault();
    const { token } = (await wrapSecretId(vault)).wrap_info;
    const again = (await vault.must('POST sys/wrapping/rewrap', { body: { token } })).body;
    expect(again.wrap_info).toMatchObject({ creation_path: CREATION_PATH, ttl: 60 });
    expect(await vault.call('POST sys/wrapping/unwrap', { token })).toMatchObject(INVALID);
    const { data } = (
      await vault.must('POST sys/wrapping/unwrap', { token: again.wrap_info.token })
    ).body;
    expect(data.secret_id).toEqual(expect.any(String));
  });
});

describe('sys/wrapping/wrap', () => {
  test('wraps what it is given, under its own path', async () => {
    const { must } = openVault();
    const wrapped = await must('POST sys/wrapping/wrap', {
      body: { secret_id: 'forged' },
      headers: { 'x-vault-wrap-ttl': '60' },
    });
    expect(wrapped.body.wrap_info.creation_path).toBe('sys/wrapping/wrap');
    const { token } = wrapped.body.wrap_info;
    const { data } = (await must('POST sys/wrapping/unwrap', { token })).body;
    expect(data).toEqual({ secret_id: 'forged' });
  });

  test('refuses to answer in clear', async () => {
    const answer = await openVault().call('POST sys/wrapping/wrap', { body: { a: 1 } });
    expect(answer).toMatchObject({
      status: 400,
      body: { errors: ['endpoint requires response wrapping to be used'] },
    });
  });
});

describe('min_wrapping_ttl and max_wrapping_ttl', () => {
  test.each([
    ['', 403],
    ['1', 403],
    ['30s', 200],
    ['90s', 200],
    ['2m', 403],
  ])('with a wrap ttl of %j answer %d', async (ttl, status) => {
    const vault = await openPipelineVault();
    const token = await vault.tokenWith(`path "${CREATION_PATH}" {
      capabilities = ["update"]
      min_wrapping_ttl = "10s"
      max_wrapping_ttl = "90s"
    }`);
    const headers: Record<string, string> = ttl === '' ? {} : { 'x-vault-wrap-ttl': ttl };
    const answer = await vault.call(`POST ${CREATION_PATH}`, { token, headers });
    expect(answer.status).toBe(status);
  });
});
