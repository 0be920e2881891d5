import { describe, expect, test } from 'vitest';
import { openPipelineVault, type PipelineVault } from './open-vault.ts';

const MINUTE_MS = 60_000;

const mint = async (vault: PipelineVault, token?: string): Promise<string> =>
  (await vault.must('GET exoscale/apikey/ci', token === undefined ? {} : { token })).body.lease_id;

describe('sys/leases/lookup', () => {
  test('tells when a lease ends', async () => {
    const vault = await openPipelineVault();
    const lease_id = await mint(vault);
    vault.scheduler.advance(MINUTE_MS);
    const { data } = (await vault.must('POST sys/leases/lookup', { body: { lease_id } })).body;
    expect(data).toEqual({
      id: lease_id,
      issue_time: '2026-03-01T08:00:00.000Z',
      expire_time: '2026-03-01T08:15:00.000Z',
      last_renewal: null,
      renewable: true,
      ttl: 840,
    });
  });

  test('says "invalid lease" of one that is gone', async () => {
    const { call } = await openPipelineVault();
    const answer = await call('POST sys/leases/lookup', { body: { lease_id: 'exoscale/none' } });
    expect(answer).toMatchObject({ status: 400, body: { errors: ['invalid lease'] } });
  });
});

describe('sys/leases/renew', () => {
  test('grants the whole ttl again while it fits under the maximum, and then what is left', async () => {
    const vault = await openPipelineVault();
    const lease_id = await mint(vault);
    const renew = async () =>
      (await vault.must('POST sys/leases/renew', { body: { lease_id } })).body.lease_duration;
    for (const [afterMinutes, expected] of [
      [10, 900],
      [10, 900],
      [14, 900],
      [10, 900],
      [10, 300],
      [4, 60],
    ] as const) {
      vault.scheduler.advance(afterMinutes * MINUTE_MS);
      expect(await renew()).toBe(expected);
    }
  });

  test('grants what is asked for within the maximum, with a warning beyond it', async () => {
    const vault = await openPipelineVault();
    const lease_id = await mint(vault);
    vault.scheduler.advance(10 * MINUTE_MS);
    const asked = async (increment: number) =>
      (await vault.must('POST sys/leases/renew', { body: { lease_id, increment } })).body;
    expect(await asked(60)).toMatchObject({ lease_id, lease_duration: 60, warnings: null });
    expect(await asked(7200)).toMatchObject({
      lease_duration: 3000,
      warnings: [
        'TTL of "2h" exceeded the effective max_ttl of "50m"; TTL value is capped accordingly',
      ],
    });
  });

  test.each([
    ['lease not found', {}, 'none'],
    ['lease is not renewable', { renewable: false }, undefined],
  ])('refuses with "%s"', async (error, role, id) => {
    const vault = await openPipelineVault();
    await vault.must('POST exoscale/role/ci', { body: role });
    const lease_id = id ?? (await mint(vault));
    const answer = await vault.call('POST sys/leases/renew', { body: { lease_id } });
    expect(answer).toMatchObject({ status: 400, body: { errors: [error] } });
  });

  test('refuses a lease whose revocation is still being tried', async () => {
    const vault = await openPipelineVault();
    const lease_id = await mint(vault);
    vault.issuer.refusals.push('down');
    vault.scheduler.advance(15 * MINUTE_MS);
    const answer = await vault.call('POST sys/leases/renew', { body: { lease_id } });
    expect(answer).toMatchObject({ status: 400, body: { errors: ['lease expired'] } });
  });
});

describe('sys/leases/revoke', () => {
  test('has deleted the key when it answers 204', async () => {
    const vault = await openPipelineVault();
    const lease_id = await mint(vault);
    const answer = await vault.call('POST sys/leases/revoke', { body: { lease_id } });
    expect(answer).toMatchObject({ status: 204, text: '' });
    expect(vault.issuer.keys.size).toBe(0);
  });

  test('only queues it when told not to wait', async () => {
    const vault = await openPipelineVault({}, { revocationDelayMs: 300 });
    const lease_id = await mint(vault);
    const answer = await vault.call('POST sys/leases/revoke', { body: { lease_id, sync: false } });
    expect(answer.status).toBe(202);
    vault.scheduler.advance(299);
    expect(vault.issuer.keys.size).toBe(1);
    vault.scheduler.advance(1);
    expect(vault.issuer.keys.size).toBe(0);
  });

  test('is content with a lease that nobody knows', async () => {
    const { call } = await openPipelineVault();
    const answer = await call('POST sys/leases/revoke', { body: { lease_id: 'exoscale/none' } });
    expect(answer.status).toBe(204);
  });

  test('answers 400 when the cloud does not delete the key, and can be tried again', async () => {
    const vault = await openPipelineVault();
    const lease_id = await mint(vault);
    vault.issuer.refusals.push('internal error');
    const failed = await vault.call('POST sys/leases/revoke', { body: { lease_id } });
    expect(failed.status).toBe(400);
    expect(failed.body.errors[0]).toMatch(
      /^failed to revoke entry: .*unable to revoke the API key: internal error$/,
    );
    expect((await vault.call('POST sys/leases/revoke', { body: { lease_id } })).status).toBe(204);
    expect(vault.issuer.keys.size).toBe(0);
  });

  test.each([
    ['not-in-organization', 204],
    ['not-found', 400],
  ] as const)('takes a key that is gone (%s) as the plugin would', async (missingKey, status) => {
    const vault = await openPipelineVault({}, { missingKey });
    const lease_id = await mint(vault);
    vault.issuer.keys.clear();
    expect((await vault.call('POST sys/leases/revoke', { body: { lease_id } })).status).toBe(
      status,
    );
  });

  test('needs a lease id', async () => {
    const { call } = await openPipelineVault();
    const answer = await call('POST sys/leases/revoke', { body: {} });
    expect(answer).toMatchObject({ status: 400, body: { errors: ['lease_id must be specified'] } });
  });

  test('does not ask who owns the lease', async () => {
    const vault = await openPipelineVault();
    const lease_id = await mint(vault, await vault.logIn());
    await vault.must('POST sys/leases/revoke', { token: await vault.logIn(), body: { lease_id } });
    expect(vault.issuer.keys.size).toBe(0);
  });
});

describe('leases of a token', () => {
  test('go a little after the token', async () => {
    const vault = await openPipelineVault({}, { revocationDelayMs: 500 });
    const token = await vault.logIn();
    await mint(vault, token);
    const answer = await vault.call('POST auth/token/revoke-self', { token });
    expect(answer.status).toBe(204);
    expect(vault.issuer.keys.size).toBe(1);
    vault.scheduler.advance(500);
    expect(vault.issuer.keys.size).toBe(0);
  });

  test('go when the token expires', async () => {
    const vault = await openPipelineVault({ token_ttl: '5m' });
    await mint(vault, await vault.logIn());
    vault.scheduler.advance(5 * MINUTE_MS + 1_000);
    expect(vault.issuer.keys.size).toBe(0);
    expect(vault.vault.snapshot().leases).toEqual([]);
  });

  test('end with a batch token at the latest, but not with its revocation', async () => {
    const vault = await openPipelineVault({ token_type: 'batch', token_ttl: '5m' });
    const token = await vault.logIn();
    const answer = await vault.must('GET exoscale/apikey/ci', { token });
    expect(answer.body.lease_duration).toBe(300);
    expect(await vault.call('POST auth/token/revoke-self', { token })).toMatchObject({
      status: 400,
      body: { errors: ['batch tokens cannot be revoked'] },
    });
    vault.scheduler.advance(5 * MINUTE_MS);
    expect(vault.issuer.keys.size).toBe(0);
  });

  test('are not returned on the last use of a token', async () => {
    const vault = await openPipelineVault({ token_num_uses: 1 });
    const token = await vault.logIn();
    const answer = await vault.call('GET exoscale/apikey/ci', { token });
    expect(answer).toMatchObject({
      status: 400,
      body: {
        errors: [
          'Secret cannot be returned; token had one use left, so leased credentials were immediately revoked.',
        ],
      },
    });
    vault.scheduler.advance(1_000);
    expect(vault.issuer.keys.size).toBe(0);
  });

  test('are revoked by prefix only with sudo', async () => {
    const vault = await openPipelineVault();
    await mint(vault);
    const rules = (more: string) =>
      `path "sys/leases/revoke-prefix/*" { capabilities = ["update"${more}] }`;
    const weak = await vault.tokenWith(rules(''));
    const strong = await vault.tokenWith(rules(', "sudo"'));
    const line = 'POST sys/leases/revoke-prefix/exoscale/apikey';
    expect((await vault.call(line, { token: weak })).status).toBe(403);
    expect((await vault.call(line, { token: strong })).status).toBe(204);
    expect(vault.issuer.keys.size).toBe(0);
  });
});
