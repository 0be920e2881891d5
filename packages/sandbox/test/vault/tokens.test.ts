import { describe, expect, test } from 'vitest';
import { openPipelineVault, openVault } from './open-vault.ts';

const MINUTE_MS = 60_000;
const DENIED = '2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n';
const readAll = 'path "*" { capabilities = ["read", "update", "list"] }';

describe('calling with a token', () => {
  test.each([
    ['no token', '', 'permission denied'],
    ['an unknown token', 'hvs.unknown', DENIED],
  ])('is refused with %s', async (_, token, error) => {
    const answer = await openVault().call('GET auth/token/lookup-self', { token });
    expect(answer).toMatchObject({ status: 403, body: { errors: [error] } });
  });

  test('takes a bearer token as well', async () => {
    const { call, vault } = openVault();
    const headers = { authorization: `Bearer ${vault.rootToken.reveal()}` };
    expect((await call('GET auth/token/lookup-self', { token: '', headers })).status).toBe(200);
  });

  test('is refused from an address the token is not bound to, without costing a use', async () => {
    const vault = await openPipelineVault({
      token_bound_cidrs: '127.0.0.0/8',
      token_num_uses: 2,
    });
    const token = await vault.logIn();
    const from = '192.0.2.1';
    expect((await vault.call('GET auth/token/lookup-self', { token, from })).status).toBe(403);
    const { data } = (await vault.must('GET auth/token/lookup-self', { token })).body;
    expect(data).toMatchObject({ num_uses: 1, bound_cidrs: ['127.0.0.0/8'] });
  });

  test('costs a use even when it is refused', async () => {
    const vault = await openPipelineVault({ token_num_uses: 3 });
    const token = await vault.logIn();
    expect((await vault.call('GET sys/mounts', { token })).status).toBe(403);
    const { data } = (await vault.must('GET auth/token/lookup-self', { token })).body;
    expect(data.num_uses).toBe(1);
    await vault.must('GET auth/token/lookup-self', { token });
    expect((await vault.call('GET auth/token/lookup-self', { token })).status).toBe(403);
  });
});

describe('auth/token/lookup-self', () => {
  test('tells everything, the token itself included', async () => {
    const vault = await openPipelineVault();
    const token = await vault.logIn();
    vault.scheduler.advance(MINUTE_MS);
    const { data } = (await vault.must('GET auth/token/lookup-self', { token })).body;
    expect(data).toEqual({
      id: token,
      accessor: expect.stringMatching(/^\w{24}$/),
      policies: ['ci-key', 'default'],
      path: 'auth/approle/login',
      meta: { role_name: 'ci' },
      display_name: 'approle',
      num_uses: 0,
      orphan: true,
      creation_time: 1_772_352_000,
      creation_ttl: 1200,
      expire_time: '2026-03-01T08:20:00.000Z',
      ttl: 1140,
      explicit_max_ttl: 0,
      entity_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      type: 'service',
      renewable: true,
      issue_time: '2026-03-01T08:00:00.000Z',
    });
  });

  test('shows a root token that never expires', async () => {
    const { data } = (await openVault().must('GET auth/token/lookup-self')).body;
    expect(data).toMatchObject({ policies: ['root'], ttl: 0, expire_time: null, renewable: false });
  });
});

describe('auth/token/create', () => {
  test('makes a child with the default policy, warning of policies that do not exist', async () => {
    const { must } = openVault();
    const body = { policies: ['absent'], ttl: '10m', display_name: 'my job!', meta: { a: 'b' } };
    const answer = (await must('POST auth/token/create', { body })).body;
    expect(answer).toMatchObject({
      warnings: ['Policy "absent" does not exist'],
      auth: {
        policies: ['absent', 'default'],
        metadata: { a: 'b' },
        lease_duration: 600,
        orphan: false,
      },
    });
    const looked = await must('GET auth/token/lookup-self', { token: answer.auth.client_token });
    expect(looked.body.data.display_name).toBe('token-my-job');
  });

  test('gives a child the policies of its parent when none are asked for', async () => {
    const { must, tokenWith } = openVault();
    const token = await tokenWith(readAll);
    const { auth } = (await must('POST auth/token/create', { token, body: {} })).body;
    expect(auth.policies).toEqual(['default', 'test-1']);
  });

  test('leaves the default policy out on demand', async () => {
    const body = { policies: ['p'], no_default_policy: true };
    const { auth } = (await openVault().must('POST auth/token/create', { body })).body;
    expect(auth.policies).toEqual(['p']);
  });

  test.each([
    [{ policies: ['other'] }, 'child policies must be subset of parent'],
    [{ policies: ['root'] }, 'child policies must be subset of parent'],
    [{ no_parent: true }, 'root or sudo privileges required to create orphan token'],
    [{ period: '1h' }, 'root or sudo privileges required to create periodic token'],
    [{ id: 'mine' }, 'root or sudo privileges required to specify token id'],
    [{ num_uses: -1 }, 'number of uses cannot be negative'],
    [{ type: 'batch', num_uses: 2 }, 'batch tokens cannot have "num_uses" set'],
    [{ type: 'other' }, "invalid 'token_type' value"],
    [{ ttl: '-5m' }, 'ttl must be positive'],
    [{ ttl: 'soon' }, 'time: invalid duration "soon"'],
  ])('refuses %j to a token that is not root', async (body, error) => {
    const { call, tokenWith } = openVault();
    const token = await tokenWith(readAll);
    const answer = await call('POST auth/token/create', { token, body });
    expect(answer).toMatchObject({ status: 400, body: { errors: [error] } });
  });

  test.each([
    ['a batch token', { type: 'batch' }, 'batch tokens cannot create more tokens'],
    ['a token with few uses', { num_uses: 5 }, 'restricted use token cannot generate child tokens'],
  ])('refuses %s to have children', async (_, draft, error) => {
    const { call, tokenWith } = openVault();
    const token = await tokenWith(readAll, draft);
    const answer = await call('POST auth/token/create', { token, body: {} });
    expect(answer).toMatchObject({ status: 400, body: { errors: [error] } });
  });

  test('binds a child to the addresses of its parent, but not an orphan', async () => {
    const vault = await openPipelineVault({ token_bound_cidrs: '127.0.0.0/8' });
    await vault.must('PUT sys/policies/acl/ci-key', {
      body: { policy: 'path "auth/token/+" { capabilities = ["read", "update"] }' },
    });
    const parent = await vault.logIn();
    const look = async (path: string) => {
      const made = await vault.must(`POST auth/token/${path}`, { token: parent, body: {} });
      const token = made.body.auth.client_token;
      return (await vault.call('GET auth/token/lookup-self', { token, from: '192.0.2.1' })).status;
    };
    expect([await look('create'), await look('create-orphan')]).toEqual([403, 200]);
  });

  test('makes batch tokens that cannot be renewed', async () => {
    const { call, tokenWith } = openVault();
    const token = await tokenWith(readAll, { type: 'batch' });
    expect(token).toMatch(/^hvb\./);
    const answer = await call('POST auth/token/renew-self', { token });
    expect(answer).toMatchObject({
      status: 400,
      body: { errors: ['batch tokens cannot be renewed'] },
    });
  });
});

describe('auth/token/renew-self', () => {
  test('stops growing at the maximum, and says so', async () => {
    const vault = await openPipelineVault();
    const token = await vault.logIn();
    vault.scheduler.advance(15 * MINUTE_MS);
    const answer = (await vault.must('POST auth/token/renew-self', { token })).body;
    expect(answer).toMatchObject({
      auth: { client_token: token, lease_duration: 900 },
      warnings: [
        'TTL of "20m" exceeded the effective max_ttl of "15m"; TTL value is capped accordingly',
      ],
    });
    vault.scheduler.advance(15 * MINUTE_MS);
    expect((await vault.call('GET auth/token/lookup-self', { token })).status).toBe(403);
  });

  test('grants the increment that is asked for', async () => {
    const vault = await openPipelineVault();
    const token = await vault.logIn();
    const body = { increment: '5m' };
    const { auth } = (await vault.must('POST auth/token/renew-self', { token, body })).body;
    expect(auth.lease_duration).toBe(300);
  });

  test('keeps a periodic token alive for ever', async () => {
    const { must, tokenWith, scheduler } = openVault();
    const token = await tokenWith(readAll, { period: '1h', no_parent: true });
    for (let round = 0; round < 48; round += 1) {
      scheduler.advance(59 * MINUTE_MS);
      const { auth } = (await must('POST auth/token/renew-self', { token })).body;
      expect(auth.lease_duration).toBe(3600);
    }
  });

  test('ends a periodic token at its explicit maximum', async () => {
    const { must, call, tokenWith, scheduler } = openVault();
    const token = await tokenWith(readAll, { period: '1h', explicit_max_ttl: '90m' });
    scheduler.advance(50 * MINUTE_MS);
    const { auth } = (await must('POST auth/token/renew-self', { token })).body;
    expect(auth.lease_duration).toBe(2400);
    scheduler.advance(40 * MINUTE_MS);
    expect((await call('GET auth/token/lookup-self', { token })).status).toBe(403);
  });

  test('fails when the role is gone', async () => {
    const vault = await openPipelineVault();
    const token = await vault.logIn();
    await vault.must('DELETE auth/approle/role/ci');
    const answer = await vault.call('POST auth/token/renew-self', { token });
    expect(answer.status).toBe(500);
    expect(answer.body.errors[0]).toContain('role "ci" does not exist during renewal');
  });

  test('is refused to root', async () => {
    const answer = await openVault().call('POST auth/token/renew-self');
    expect(answer).toMatchObject({ status: 400, body: { errors: ['lease is not renewable'] } });
  });
});

describe('revoking tokens', () => {
  test('takes children along, but not orphans', async () => {
    const { call, must, tokenWith } = openVault();
    const parent = await tokenWith('path "*" { capabilities = ["read", "update", "sudo"] }');
    const make = async (path: string) =>
      (await must(`POST auth/token/${path}`, { token: parent, body: {} })).body.auth.client_token;
    const child = await make('create');
    const orphan = await make('create-orphan');
    await must('POST auth/token/revoke-self', { token: parent });
    const isAlive = async (token: string) =>
      (await call('GET auth/token/lookup-self', { token })).status === 200;
    expect(await Promise.all([parent, child, orphan].map(isAlive))).toEqual([false, false, true]);
  });

  test('revoke-orphan spares the children', async () => {
    const { must, call, tokenWith } = openVault();
    const parent = await tokenWith(readAll);
    const child = (await must('POST auth/token/create', { token: parent, body: {} })).body.auth;
    await must('POST auth/token/revoke-orphan', { body: { token: parent } });
    expect((await call('GET auth/token/lookup-self', { token: parent })).status).toBe(403);
    const { data } = (await must('GET auth/token/lookup-self', { token: child.client_token })).body;
    expect(data.orphan).toBe(true);
  });

  test('works by accessor', async () => {
    const vault = await openPipelineVault();
    const token = await vault.logIn();
    const { accessor } = (await vault.must('GET auth/token/lookup-self', { token })).body.data;
    const looked = await vault.must('POST auth/token/lookup-accessor', { body: { accessor } });
    expect(looked.body.data).toMatchObject({ id: '', accessor });
    await vault.must('POST auth/token/revoke-accessor', { body: { accessor } });
    expect((await vault.call('GET auth/token/lookup-self', { token })).status).toBe(403);
    const again = await vault.must('POST auth/token/revoke-accessor', { body: { accessor } });
    expect(again.body.warnings).toEqual(['No token found with this accessor']);
    const gone = await vault.call('POST auth/token/lookup-accessor', { body: { accessor } });
    expect(gone).toMatchObject({
      status: 400,
      body: { errors: ['1 error occurred:\n\t* invalid accessor\n\n'] },
    });
  });

  test('is content with a token that nobody knows', async () => {
    const answer = await openVault().call('POST auth/token/revoke', { body: { token: 'hvs.no' } });
    expect(answer.status).toBe(204);
  });
});

test('a token expires by itself', async () => {
  const vault = await openPipelineVault();
  const token = await vault.logIn();
  vault.scheduler.advance(20 * MINUTE_MS - 1);
  expect((await vault.call('GET auth/token/lookup-self', { token })).status).toBe(200);
  vault.scheduler.advance(1);
  expect((await vault.call('GET auth/token/lookup-self', { token })).status).toBe(403);
  expect(vault.vault.snapshot().tokens).toHaveLength(1);
});

test('auth/token/lookup says "bad token" of an unknown one', async () => {
  const answer = await openVault().call('POST auth/token/lookup', { body: { token: 'hvs.no' } });
  expect(answer).toMatchObject({ status: 403, body: { errors: ['bad token'] } });
});
