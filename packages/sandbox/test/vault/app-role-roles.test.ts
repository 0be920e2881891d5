import { describe, expect, test } from 'vitest';
import { openPipelineVault, openVault } from './open-vault.ts';

describe('auth/approle/role', () => {
  test('shows what was written, in seconds', async () => {
    const { must } = openVault();
    await must('POST auth/approle/role/job', {
      body: {
        token_policies: ['a', 'b'],
        token_ttl: '20m',
        token_max_ttl: 1800,
        token_num_uses: 6,
        token_bound_cidrs: '127.0.0.0/8,::1/128',
        secret_id_num_uses: 1,
        secret_id_ttl: '5m',
        secret_id_bound_cidrs: ['127.0.0.0/8'],
      },
    });
    expect((await must('GET auth/approle/role/job')).body.data).toEqual({
      bind_secret_id: true,
      secret_id_bound_cidrs: ['127.0.0.0/8'],
      secret_id_num_uses: 1,
      secret_id_ttl: 300,
      local_secret_ids: false,
      alias_metadata: {},
      token_ttl: 1200,
      token_max_ttl: 1800,
      token_explicit_max_ttl: 0,
      token_period: 0,
      token_policies: ['a', 'b'],
      token_bound_cidrs: ['127.0.0.0/8', '::1/128'],
      token_num_uses: 6,
      token_no_default_policy: false,
      token_type: 'default',
    });
  });

  test('keeps what an update does not name', async () => {
    const { must } = openVault();
    const line = 'POST auth/approle/role/job';
    await must(line, { body: { policies: 'old', period: '1h', secret_id_num_uses: 3 } });
    await must(line, { body: { token_ttl: '1m' } });
    expect((await must('GET auth/approle/role/job')).body.data).toMatchObject({
      token_policies: ['old'],
      token_period: 3600,
      secret_id_num_uses: 3,
      token_ttl: 60,
    });
  });

  test('lists and deletes, secret ids included', async () => {
    const vault = await openPipelineVault();
    await vault.secretId();
    expect((await vault.must('LIST auth/approle/role')).body.data.keys).toEqual(['ci']);
    expect((await vault.must('GET auth/approle/role?list=true')).body.data.keys).toEqual(['ci']);
    await vault.must('DELETE auth/approle/role/ci');
    expect(vault.vault.snapshot().secretIds).toEqual([]);
    expect((await vault.call('GET auth/approle/role/ci')).status).toBe(404);
    expect((await vault.call('LIST auth/approle/role')).status).toBe(404);
  });

  test('has a role id that can be chosen, but not twice', async () => {
    const { must, call } = openVault();
    await must('POST auth/approle/role/one', { body: { role_id: 'mine' } });
    expect((await must('GET auth/approle/role/one/role-id')).body.data).toEqual({
      role_id: 'mine',
    });
    const twice = await call('POST auth/approle/role/two', { body: { role_id: 'mine' } });
    expect(twice).toMatchObject({ status: 500 });
    expect(twice.body.errors[0]).toContain('role_id already in use');
    await must('POST auth/approle/role/one/role-id', { body: { role_id: 'changed' } });
    expect((await must('GET auth/approle/role/one/role-id')).body.data.role_id).toBe('changed');
  });

  test('tells creating from updating to policies', async () => {
    const { call, tokenWith } = openVault();
    const rules = (right: string) => `path "auth/approle/role/*" { capabilities = ["${right}"] }`;
    const create = await tokenWith(rules('create'));
    const update = await tokenWith(rules('update'));
    const write = (token: string) => call('POST auth/approle/role/job', { token, body: {} });
    expect((await write(update)).status).toBe(403);
    expect((await write(create)).status).toBe(204);
    expect((await write(create)).status).toBe(403);
    expect((await write(update)).status).toBe(204);
  });

  test.each([
    [
      { token_ttl: '2h', token_max_ttl: '1h' },
      "'token_ttl' cannot be greater than 'token_max_ttl'",
    ],
    [
      { token_ttl: -1 },
      `error converting input for field "token_ttl": cannot provide negative value '-1'`,
    ],
    [{ token_num_uses: -1 }, "'token_num_uses' cannot be negative"],
    [{ token_type: 'other' }, `invalid 'token_type' value "other"`],
    [
      { token_type: 'batch', token_num_uses: 1 },
      "'token_type' cannot be 'batch' or 'default_batch' when set to generate tokens with limited use count",
    ],
    [
      { token_type: 'batch', token_period: 60 },
      "'token_type' cannot be 'batch' or 'default_batch' when set to generate periodic tokens",
    ],
    [{ secret_id_num_uses: -1 }, 'secret_id_num_uses cannot be negative'],
    [{ role_id: '' }, 'invalid role_id supplied, or failed to generate a role_id'],
  ])('refuses %j', async (body, error) => {
    const answer = await openVault().call('POST auth/approle/role/job', { body });
    expect(answer).toMatchObject({ status: 400, body: { errors: [error] } });
  });

  test('fails of addresses that are none', async () => {
    const body = { secret_id_bound_cidrs: '10.0.0.0/99' };
    const answer = await openVault().call('POST auth/approle/role/job', { body });
    expect(answer.status).toBe(500);
    expect(answer.body.errors[0]).toContain('invalid CIDR address: 10.0.0.0/99');
  });

  test('refuses a role that binds to nothing', async () => {
    const body = { bind_secret_id: false };
    const answer = await openVault().call('POST auth/approle/role/job', { body });
    expect(answer.status).toBe(500);
    expect(answer.body.errors[0]).toContain('at least one constraint should be enabled');
  });

  test('fixes local_secret_ids at creation', async () => {
    const { must, call } = openVault();
    await must('POST auth/approle/role/job', { body: { local_secret_ids: true } });
    const again = await call('POST auth/approle/role/job', { body: { local_secret_ids: false } });
    expect(again).toMatchObject({
      status: 400,
      body: { errors: ['local_secret_ids can only be modified during role creation'] },
    });
  });

  test('refuses a name of more than 4096 bytes', async () => {
    const answer = await openVault().call(`POST auth/approle/role/${'x'.repeat(4097)}`);
    expect(answer).toMatchObject({
      status: 400,
      body: { errors: ['role_name is longer than maximum of 4096 bytes'] },
    });
  });

  test('can be mounted below another name', async () => {
    const { must, call } = openVault();
    await must('POST sys/auth/team/ci', { body: { type: 'approle' } });
    await must('POST auth/team/ci/role/job', { body: {} });
    const role_id = (await must('GET auth/team/ci/role/job/role-id')).body.data.role_id;
    const made = await must('POST auth/team/ci/role/job/secret-id');
    const body = { role_id, secret_id: made.body.data.secret_id };
    const { auth } = (await must('POST auth/team/ci/login', { body, token: '' })).body;
    const looked = await must('GET auth/token/lookup-self', { token: auth.client_token });
    expect(looked.body.data).toMatchObject({
      display_name: 'team-ci',
      path: 'auth/team/ci/login',
    });
    expect((await call('POST auth/approle/login', { body })).status).toBe(400);
  });
});
