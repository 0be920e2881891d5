import { describe, expect, test } from 'vitest';
import { openPipelineVault, openVault } from './open-vault.ts';

describe('auditLog()', () => {
  test('holds no secret of a whole job in clear', async () => {
    const vault = await openPipelineVault();
    const made = await vault.must('POST auth/approle/role/ci/secret-id', {
      headers: { 'x-vault-wrap-ttl': '60' },
    });
    const wrapping = made.body.wrap_info.token;
    const { secret_id } = (await vault.must('POST sys/wrapping/unwrap', { token: wrapping })).body
      .data;
    const body = { role_id: vault.roleId, secret_id };
    const token = (await vault.must('POST auth/approle/login', { body })).body.auth.client_token;
    const { data } = (await vault.must('GET exoscale/apikey/ci', { token })).body;
    await vault.must('GET auth/token/lookup-self', { token });

    const log = JSON.stringify(vault.vault.auditLog());
    const secrets = [wrapping, secret_id, token, data.api_key, data.api_secret];
    const accessors = vault.vault.snapshot().tokens.map(({ accessor }) => accessor);
    for (const secret of [
      ...secrets,
      ...accessors,
      vault.vault.rootToken.reveal(),
      'root-secret',
    ]) {
      expect(log).not.toContain(secret);
    }
  });

  test('follows a job by request id, metadata, lease and hashed accessor', async () => {
    const vault = await openPipelineVault();
    const made = await vault.must('POST auth/approle/role/ci/secret-id', {
      body: { metadata: '{"job":"42"}' },
    });
    const body = { role_id: vault.roleId, secret_id: made.body.data.secret_id };
    const { auth } = (await vault.must('POST auth/approle/login', { body })).body;
    const minted = (await vault.must('GET exoscale/apikey/ci', { token: auth.client_token })).body;
    const { hash } = (
      await vault.must('POST sys/audit-hash/file', { body: { input: auth.accessor } })
    ).body.data;

    const entries = vault.vault
      .auditLog()
      .filter((entry) => entry.request.id === minted.request_id);
    expect(entries).toMatchObject([
      { type: 'request', request: { operation: 'read', path: 'exoscale/apikey/ci' } },
      {
        type: 'response',
        auth: { accessor: hash, metadata: { job: '42', role_name: 'ci' }, display_name: 'approle' },
        request: { remote_address: '127.0.0.1' },
        response: { secret: { lease_id: minted.lease_id } },
      },
    ]);
  });

  test('tells apart a refused unwrap', async () => {
    const { vault, call } = openVault();
    await call('POST sys/wrapping/unwrap', { token: '', body: { token: 'hvs.used' } });
    expect(vault.auditLog().at(-1)).toMatchObject({
      type: 'response',
      error: 'wrapping token is not valid or does not exist',
      request: { path: 'sys/wrapping/unwrap' },
    });
  });

  test('hashes texts deep inside, and leaves numbers as they are', async () => {
    const { vault, must } = openVault();
    await must('POST auth/token/create', {
      body: { policies: ['p'], num_uses: 3, meta: { a: 'b' } },
    });
    const data = vault.auditLog().at(-1)?.request.data;
    expect(data).toEqual({
      policies: [expect.stringMatching(/^hmac-sha256:[0-9a-f]{64}$/)],
      num_uses: 3,
      meta: { a: expect.stringMatching(/^hmac-sha256:/) },
    });
  });
});
