import { describe, expect, test } from 'vitest';
import { openPipelineVault, type PipelineVault } from './open-vault.ts';

const ROLE = 'auth/approle/role/ci';
const generate = (vault: PipelineVault, body: object) =>
  vault.call(`POST ${ROLE}/secret-id`, { body });

describe('secret-id', () => {
  test('inherits the limits of the role', async () => {
    const vault = await openPipelineVault({ secret_id_ttl: '5m', secret_id_num_uses: 2 });
    expect((await generate(vault, {})).body.data).toEqual({
      secret_id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4/),
      secret_id_accessor: expect.stringMatching(/^[0-9a-f-]{36}$/),
      secret_id_ttl: 300,
      secret_id_num_uses: 2,
    });
  });

  test('may be tighter than the role', async () => {
    const vault = await openPipelineVault({ secret_id_ttl: '5m', secret_id_num_uses: 2 });
    const { data } = (await generate(vault, { ttl: '1m', num_uses: 1 })).body;
    expect(data).toMatchObject({ secret_id_ttl: 60, secret_id_num_uses: 1 });
  });

  test.each([
    [{ num_uses: 3 }, "num_uses cannot be higher than the role's secret_id_num_uses"],
    [{ num_uses: 0 }, "num_uses cannot be higher than the role's secret_id_num_uses"],
    [{ num_uses: -1 }, 'num_uses cannot be negative'],
    [{ ttl: '6m' }, "ttl cannot be longer than the role's secret_id_ttl"],
    [{ ttl: 0 }, "ttl cannot be longer than the role's secret_id_ttl"],
    [
      { metadata: '{job' },
      'failed to parse metadata: failed to parse the input: invalid <key,value> format',
    ],
    [
      { metadata: { job: '1' } },
      'Field validation failed: error converting input for field "metadata": expected a string',
    ],
  ])('refuses %j', async (body, error) => {
    const vault = await openPipelineVault({ secret_id_ttl: '5m', secret_id_num_uses: 2 });
    expect(await generate(vault, body)).toMatchObject({ status: 400, body: { errors: [error] } });
  });

  test('fails of addresses that are none', async () => {
    const answer = await generate(await openPipelineVault(), { cidr_list: 'anywhere' });
    expect(answer.status).toBe(500);
    expect(answer.body.errors[0]).toContain('invalid CIDR address: anywhere');
  });

  test('refuses addresses outside those of the role', async () => {
    const vault = await openPipelineVault({ secret_id_bound_cidrs: '127.0.0.0/8' });
    expect((await generate(vault, { cidr_list: ['127.1.0.0/16'] })).status).toBe(200);
    const answer = await generate(vault, { cidr_list: ['10.0.0.0/8'] });
    expect(answer.status).toBe(500);
    expect(answer.body.errors[0]).toContain('failed to verify subset relationship');
  });

  test('needs a role that exists and binds secret ids', async () => {
    const vault = await openPipelineVault({
      bind_secret_id: false,
      token_bound_cidrs: '127.0.0.0/8',
    });
    expect((await vault.call('POST auth/approle/role/none/secret-id')).status).toBe(404);
    expect(await generate(vault, {})).toMatchObject({
      status: 400,
      body: { errors: ['bind_secret_id is not set on the role'] },
    });
  });

  test('binds the token to the addresses it names', async () => {
    const vault = await openPipelineVault();
    const made = await generate(vault, { token_bound_cidrs: ['192.0.2.0/24'] });
    const body = { role_id: vault.roleId, secret_id: made.body.data.secret_id };
    const { auth } = (await vault.must('POST auth/approle/login', { body })).body;
    const look = (from: string) =>
      vault.call('GET auth/token/lookup-self', { token: auth.client_token, from });
    expect((await look('127.0.0.1')).status).toBe(403);
    expect((await look('192.0.2.7')).status).toBe(200);
  });

  test('can be brought along, once', async () => {
    const vault = await openPipelineVault();
    const push = () => vault.call(`POST ${ROLE}/custom-secret-id`, { body: { secret_id: 'mine' } });
    expect((await push()).body.data.secret_id).toBe('mine');
    expect((await push()).status).toBe(500);
  });
});

describe('secret-id lookups', () => {
  test('show everything but the secret id', async () => {
    const vault = await openPipelineVault({ secret_id_ttl: '5m' });
    const made = (await generate(vault, { metadata: '{"job":"7"}' })).body.data;
    const shown = {
      secret_id_accessor: made.secret_id_accessor,
      secret_id_num_uses: 0,
      secret_id_ttl: 300,
      creation_time: '2026-03-01T08:00:00.000Z',
      expiration_time: '2026-03-01T08:05:00.000Z',
      last_updated_time: '2026-03-01T08:00:00.000Z',
      metadata: { job: '7' },
      cidr_list: [],
      token_bound_cidrs: [],
    };
    const { secret_id, secret_id_accessor } = made;
    const byId = await vault.must(`POST ${ROLE}/secret-id/lookup`, { body: { secret_id } });
    expect(byId.body.data).toEqual(shown);
    const byAccessor = await vault.must(`POST ${ROLE}/secret-id-accessor/lookup`, {
      body: { secret_id_accessor },
    });
    expect(byAccessor.body.data).toEqual(shown);
  });

  test('write year one for "never expires"', async () => {
    const vault = await openPipelineVault();
    const secret_id = await vault.secretId();
    const { data } = (await vault.must(`POST ${ROLE}/secret-id/lookup`, { body: { secret_id } }))
      .body;
    expect(data.expiration_time).toBe('0001-01-01T00:00:00Z');
  });

  test.each([
    ['lookup of an unknown id', 'secret-id/lookup', { secret_id: 'x' }, 204, undefined],
    ['destroying an unknown id', 'secret-id/destroy', { secret_id: 'x' }, 204, undefined],
    ['lookup without an id', 'secret-id/lookup', {}, 400, 'missing secret_id'],
    [
      'lookup of an unknown accessor',
      'secret-id-accessor/lookup',
      { secret_id_accessor: 'x' },
      404,
      'failed to find accessor entry for secret_id_accessor: "x"',
    ],
    [
      'destroying an unknown accessor',
      'secret-id-accessor/destroy',
      { secret_id_accessor: 'x' },
      500,
      'failed to find accessor entry for secret_id_accessor: "x"',
    ],
  ])('answer %s', async (_, path, body, status, error) => {
    const vault = await openPipelineVault();
    const answer = await vault.call(`POST ${ROLE}/${path}`, { body });
    expect(answer.status).toBe(status);
    if (error !== undefined) {
      expect(JSON.stringify(answer.body)).toContain(JSON.stringify(error).slice(1, -1));
    }
  });

  test('list accessors, and destroy by them', async () => {
    const vault = await openPipelineVault();
    await vault.secretId();
    const { keys } = (await vault.must(`LIST ${ROLE}/secret-id`)).body.data;
    expect(keys).toHaveLength(1);
    const body = { secret_id_accessor: keys[0] };
    await vault.must(`POST ${ROLE}/secret-id-accessor/destroy`, { body });
    expect((await vault.call(`LIST ${ROLE}/secret-id`)).status).toBe(404);
  });

  test('count uses down', async () => {
    const vault = await openPipelineVault({ secret_id_num_uses: 3 });
    const secret_id = await vault.secretId();
    const body = { role_id: vault.roleId, secret_id };
    await vault.must('POST auth/approle/login', { body });
    expect(vault.vault.snapshot().secretIds).toMatchObject([{ usesLeft: 2, roleName: 'ci' }]);
  });
});

describe('tidy/secret-id', () => {
  test('removes the expired ones and answers 202', async () => {
    const vault = await openPipelineVault({ secret_id_ttl: '70s' });
    await vault.secretId();
    vault.scheduler.advance(71_000);
    expect(vault.vault.snapshot().secretIds).toHaveLength(1);
    const answer = await vault.call('POST auth/approle/tidy/secret-id');
    expect(answer.status).toBe(202);
    expect(answer.body.warnings[0]).toContain('Tidy operation successfully started');
    expect(vault.vault.snapshot().secretIds).toEqual([]);
  });
});
