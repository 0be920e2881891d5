import { describe, expect, test } from 'vitest';
import { openPipelineVault } from './open-vault.ts';

const INVALID = { errors: ['invalid role or secret ID'] };

describe('auth/approle/login', () => {
  test('answers with a token of the role', async () => {
    const { call, roleId, must } = await openPipelineVault();
    const made = await must('POST auth/approle/role/ci/secret-id', {
      body: { metadata: JSON.stringify({ job: '42' }) },
    });
    const answer = await call('POST auth/approle/login', {
      token: '',
      body: { role_id: ` ${roleId} `, secret_id: `${made.body.data.secret_id}\n` },
    });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      lease_id: '',
      data: null,
      auth: {
        client_token: expect.stringMatching(/^hvs\.[\w-]{90,}$/),
        policies: ['ci-key', 'default'],
        metadata: { job: '42', role_name: 'ci' },
        lease_duration: 1200,
        renewable: true,
        token_type: 'service',
        orphan: true,
        mfa_requirement: null,
        num_uses: 0,
      },
    });
  });

  test.each([
    ['no secret id', { secret_id: '' }, 'missing secret_id'],
    ['a blank secret id', { secret_id: ' \n' }, 'missing secret_id'],
    ['a wrong role id', { role_id: 'wrong', secret_id: 'x' }, 'invalid role or secret ID'],
    ['a wrong secret id', { secret_id: 'wrong' }, 'invalid role or secret ID'],
  ])('refuses %s', async (_, body, error) => {
    const { call, roleId } = await openPipelineVault();
    const answer = await call('POST auth/approle/login', {
      token: '',
      body: { role_id: roleId, ...body },
    });
    expect(answer).toMatchObject({ status: 400, body: { errors: [error] } });
  });

  test.each(['POST', 'GET', 'DELETE'])('fails of a %s without a role id', async (method) => {
    const { call } = await openPipelineVault();
    const body = method === 'POST' ? { secret_id: 'x' } : undefined;
    expect(await call(`${method} auth/approle/login`, { token: '', body })).toMatchObject({
      status: 500,
      body: { errors: ['failed to determine alias name from login request'] },
    });
  });

  test('says the same of a used, a destroyed and a tidied secret id', async () => {
    const vault = await openPipelineVault({ secret_id_num_uses: 1, secret_id_ttl: '5m' });
    const logIn = (secret_id: string) =>
      vault.call('POST auth/approle/login', { body: { role_id: vault.roleId, secret_id } });

    const used = await vault.secretId();
    expect((await logIn(used)).status).toBe(200);
    expect(await logIn(used)).toMatchObject({ status: 400, body: INVALID });

    const destroyed = await vault.secretId();
    await vault.must('POST auth/approle/role/ci/secret-id/destroy', {
      body: { secret_id: destroyed },
    });
    expect(await logIn(destroyed)).toMatchObject({ status: 400, body: INVALID });

    const tidied = await vault.secretId();
    vault.scheduler.advance(6 * 60_000);
    expect(await logIn(tidied)).toMatchObject({ status: 400, body: INVALID });
  });

  test('lets an expired secret id in until the next tidying', async () => {
    const vault = await openPipelineVault({ secret_id_ttl: '90s' });
    const secret_id = await vault.secretId();
    const logIn = () =>
      vault.call('POST auth/approle/login', { body: { role_id: vault.roleId, secret_id } });
    vault.scheduler.advance(119_000);
    expect((await logIn()).status).toBe(200);
    vault.scheduler.advance(1_000);
    expect(await logIn()).toMatchObject({ status: 400, body: INVALID });
  });

  test('lets exactly one of two racing logins use a secret id that has one use', async () => {
    const vault = await openPipelineVault({ secret_id_num_uses: 1 });
    const body = { role_id: vault.roleId, secret_id: await vault.secretId() };
    const answers = await Promise.all([
      vault.call('POST auth/approle/login', { body }),
      vault.call('POST auth/approle/login', { body }),
    ]);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(1);
  });

  test('spends a use before it looks at the address', async () => {
    const vault = await openPipelineVault({ secret_id_num_uses: 1 });
    const made = await vault.must('POST auth/approle/role/ci/secret-id', {
      body: { cidr_list: ['10.0.0.0/8'] },
    });
    const body = { role_id: vault.roleId, secret_id: made.body.data.secret_id };
    const wrong = await vault.call('POST auth/approle/login', { body, from: '127.0.0.1' });
    expect(wrong.status).toBe(400);
    expect(wrong.body.errors[0]).toContain(
      'source address "127.0.0.1" unauthorized by CIDR restrictions on the secret ID',
    );
    const right = await vault.call('POST auth/approle/login', { body, from: '10.1.2.3' });
    expect(right).toMatchObject({ status: 400, body: INVALID });
  });

  test('refuses an address outside an unlimited secret id, which stays good', async () => {
    const vault = await openPipelineVault();
    const made = await vault.must('POST auth/approle/role/ci/secret-id', {
      body: { cidr_list: ['127.0.0.0/8'] },
    });
    const body = { role_id: vault.roleId, secret_id: made.body.data.secret_id };
    const outside = await vault.call('POST auth/approle/login', { body, from: '192.0.2.1' });
    expect(outside).toMatchObject({
      status: 400,
      body: {
        errors: [
          'source address "192.0.2.1" unauthorized through CIDR restrictions on the secret ID',
        ],
      },
    });
    expect((await vault.call('POST auth/approle/login', { body })).status).toBe(200);
  });

  test('refuses an address outside the role, and lets loopback in when it is bound', async () => {
    const vault = await openPipelineVault({ secret_id_bound_cidrs: '127.0.0.0/8' });
    const body = { role_id: vault.roleId, secret_id: await vault.secretId() };
    const outside = await vault.call('POST auth/approle/login', { body, from: '192.0.2.1' });
    expect(outside.body.errors[0]).toContain('CIDR restrictions on the role');
    const inside = await vault.call('POST auth/approle/login', { body, from: '::ffff:127.3.0.9' });
    expect(inside.status).toBe(200);
  });

  test('never makes root tokens', async () => {
    const vault = await openPipelineVault({ token_policies: 'root' });
    const body = { role_id: vault.roleId, secret_id: await vault.secretId() };
    expect(await vault.call('POST auth/approle/login', { body })).toMatchObject({
      status: 400,
      body: { errors: ['auth methods cannot create root tokens'] },
    });
  });

  test('hands out batch tokens without an accessor when the role says so', async () => {
    const vault = await openPipelineVault({ token_type: 'batch' });
    const body = { role_id: vault.roleId, secret_id: await vault.secretId() };
    const { auth } = (await vault.must('POST auth/approle/login', { body })).body;
    expect(auth).toMatchObject({ accessor: '', token_type: 'batch', renewable: false });
    expect(auth.client_token).toMatch(/^hvb\./);
  });
});
