import { describe, expect, test } from 'vitest';
import { openPipelineVault, openVault } from './open-vault.ts';

const MINUTE_MS = 60_000;

describe('exoscale/apikey', () => {
  test('mints a key under a lease', async () => {
    const vault = await openPipelineVault();
    const token = await vault.logIn();
    const answer = await vault.must('GET exoscale/apikey/ci', { token });
    expect(answer.body).toMatchObject({
      lease_id: expect.stringMatching(/^exoscale\/apikey\/ci\/\w{24}$/),
      lease_duration: 900,
      renewable: true,
      data: {
        name: expect.stringMatching(/^vault-ci-approle-\d{19}$/),
        api_key: [...vault.issuer.keys.keys()][0],
        api_secret: expect.stringMatching(/^.{43}$/),
      },
      auth: null,
      wrap_info: null,
    });
  });

  test('puts the prefix into the name of the key', async () => {
    const vault = await openPipelineVault();
    await vault.must('POST exoscale/config/root', {
      body: { root_api_key: 'EXOroot', root_api_secret: 'x', api_key_name_prefix: 'acme' },
    });
    const { data } = (await vault.must('GET exoscale/apikey/ci')).body;
    expect(data.name).toMatch(/^vault-acme-ci-root-\d{19}$/);
  });

  test('mints another key at every read, and only at reads', async () => {
    const vault = await openPipelineVault();
    await vault.must('GET exoscale/apikey/ci');
    await vault.must('GET exoscale/apikey/ci');
    expect(vault.issuer.keys.size).toBe(2);
    expect((await vault.call('POST exoscale/apikey/ci')).status).toBe(405);
  });

  test('refuses a role that does not exist', async () => {
    const { call } = await openPipelineVault();
    const answer = await call('GET exoscale/apikey/other');
    expect(answer).toMatchObject({ status: 400, body: { errors: ['role "other" not found'] } });
  });

  test('is an error of the server while there is no root key', async () => {
    const { call } = openVault();
    const answer = await call('GET exoscale/apikey/ci');
    expect(answer.status).toBe(500);
    expect(answer.body.errors[0]).toContain('Exoscale secret engine not configured\nhint:');
  });

  test('tells what the cloud said when it makes no key', async () => {
    const vault = await openPipelineVault();
    vault.issuer.refusals.push('giving up after 5 attempt(s)');
    const answer = await vault.call('GET exoscale/apikey/ci');
    expect(answer).toMatchObject({ status: 500 });
    expect(answer.body.errors).toEqual([
      '1 error occurred:\n\t* failed to create api key: giving up after 5 attempt(s)\n\n',
    ]);
    expect(vault.vault.snapshot().leases).toEqual([]);
  });

  test('deletes the key when the lease ends', async () => {
    const vault = await openPipelineVault();
    await vault.must('GET exoscale/apikey/ci');
    vault.scheduler.advance(15 * MINUTE_MS - 1);
    expect(vault.issuer.keys.size).toBe(1);
    vault.scheduler.advance(1);
    expect(vault.issuer.keys.size).toBe(0);
    expect(vault.vault.snapshot().leases).toEqual([]);
  });

  test('keeps trying when the cloud does not delete the key', async () => {
    const vault = await openPipelineVault({}, { revocationRetryMs: 1_000 });
    await vault.must('GET exoscale/apikey/ci');
    vault.issuer.refusals.push('one', 'two');
    vault.scheduler.advance(15 * MINUTE_MS);
    expect(vault.vault.snapshot().leases).toMatchObject([
      { failedRevocations: 1, revokeError: expect.stringContaining('API key: one') },
    ]);
    vault.scheduler.advance(2_000);
    expect(vault.vault.snapshot().leases).toMatchObject([{ failedRevocations: 2 }]);
    vault.scheduler.advance(4_000);
    expect(vault.issuer.keys.size).toBe(0);
  });

  test('gives up after six attempts and keeps the lease on its books', async () => {
    const vault = await openPipelineVault({}, { revocationRetryMs: 1 });
    await vault.must('GET exoscale/apikey/ci');
    vault.issuer.refusals.push(...Array.from({ length: 6 }, (_, index) => `refusal ${index}`));
    vault.scheduler.advance(60 * MINUTE_MS);
    expect(vault.vault.snapshot().leases).toMatchObject([{ failedRevocations: 6 }]);
    expect(vault.issuer.keys.size).toBe(1);
  });
});

describe('exoscale/role', () => {
  test('shows what the role was resolved to', async () => {
    const vault = await openPipelineVault();
    const { data } = (await vault.must('GET exoscale/role/ci')).body;
    expect(data).toEqual({
      'iam-role-id': 'role-1',
      'iam-role-name': 'ci',
      renewable: true,
      ttl: 900,
      max_ttl: 3600,
    });
    expect((await vault.must('LIST exoscale/role')).body.data.keys).toEqual(['ci']);
  });

  test.each([
    [{ operations: 'list-zones' }, 'the sandbox knows IAM roles only: "operations" cannot be set'],
    [{}, 'the sandbox knows IAM roles only: "iam-role" must be set'],
  ])('refuses %j', async (body, error) => {
    const { call } = await openPipelineVault();
    const answer = await call('POST exoscale/role/new', { body });
    expect(answer).toMatchObject({ status: 400, body: { errors: [error] } });
  });

  test.each([
    [{ 'iam-role': 'nobody' }, 'role "nobody" not found'],
    [{ 'iam-role': 'ci', max_ttl: '1h' }, 'ttl must be sepcified if max_ttl is specified'],
  ])('fails of %j', async (body, error) => {
    const { call } = await openPipelineVault();
    const answer = await call('POST exoscale/role/new', { body });
    expect(answer.status).toBe(500);
    expect(answer.body.errors[0]).toContain(error);
  });

  test.each([
    [
      { ttl: '2h', max_ttl: '1h' },
      ['TTL "2h0m0s" is higher than the effective MaxTTL for this mount'],
    ],
    [{ ttl: '90s', max_ttl: '1h' }, null],
  ])('answers a write of %j with an envelope', async (ttls, warnings) => {
    const { call } = await openPipelineVault();
    const answer = await call('POST exoscale/role/new', { body: { 'iam-role': 'ci', ...ttls } });
    expect(answer).toMatchObject({ status: 200, body: { data: null, warnings } });
  });

  test('is nothing once deleted', async () => {
    const { call, must } = await openPipelineVault();
    await must('DELETE exoscale/role/ci');
    expect(await call('GET exoscale/role/ci')).toMatchObject({ status: 404, body: { errors: [] } });
  });
});

describe('exoscale/config', () => {
  test('shows the root secret in clear, as the plugin does', async () => {
    const { must } = await openPipelineVault();
    expect((await must('GET exoscale/config/root')).body.data).toMatchObject({
      root_api_key: 'EXOroot',
      root_api_secret: 'root-secret',
      zone: 'ch-gva-2',
    });
  });

  test('lets the mount decide when the role names no ttl', async () => {
    const { must } = await openPipelineVault();
    await must('POST exoscale/role/ci', { body: { 'iam-role': 'ci', ttl: 0, max_ttl: 0 } });
    await must('POST sys/mounts/exoscale/tune', { body: { default_lease_ttl: '7m' } });
    expect((await must('GET exoscale/apikey/ci')).body.lease_duration).toBe(420);
  });

  test('can be mounted elsewhere', async () => {
    const { must } = openVault();
    await must('POST sys/mounts/cloud/exo', { body: { type: 'exoscale' } });
    await must('POST cloud/exo/config/root', {
      body: { root_api_key: 'EXOroot', root_api_secret: 'x' },
    });
    await must('POST cloud/exo/role/ci', { body: { 'iam-role': 'ci' } });
    const answer = await must('GET cloud/exo/apikey/ci');
    expect(answer.body.lease_id).toMatch(/^cloud\/exo\/apikey\/ci\//);
  });
});
