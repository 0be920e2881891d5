import { describe, expect, test } from 'vitest';
import { openPipelineVault, openVault } from './open-vault.ts';

describe('sys/health', () => {
  test('needs no token and tells the time', async () => {
    const answer = await openVault().call('GET sys/health', { token: '' });
    expect(answer).toMatchObject({
      status: 200,
      body: { initialized: true, sealed: false, standby: false, server_time_utc: 1_772_352_000 },
    });
    expect(answer.body).not.toHaveProperty('request_id');
  });
});

describe('sys/policies/acl', () => {
  test('writes, shows, lists and deletes', async () => {
    const { must, call } = openVault();
    const policy = 'path "a" { capabilities = ["read"] }';
    const written = await must('PUT sys/policies/acl/Job', { body: { policy } });
    expect(written.body.warnings).toEqual(['policy name was converted to job']);
    expect((await must('GET sys/policies/acl/job')).body.data).toEqual({ name: 'job', policy });
    expect((await must('LIST sys/policies/acl')).body.data.keys).toEqual([
      'default',
      'job',
      'root',
    ]);
    await must('DELETE sys/policies/acl/job');
    expect((await call('GET sys/policies/acl/job')).status).toBe(404);
  });

  test('takes a policy in base64, and the old endpoint', async () => {
    const { must } = openVault();
    const policy = 'path "ab" { capabilities = ["read"] }';
    const body = { policy: Buffer.from(policy).toString('base64') };
    await must('PUT sys/policy/job', { body });
    expect((await must('GET sys/policy/job')).body).toMatchObject({
      rules: policy,
      data: { name: 'job', rules: policy },
    });
    await must('PUT sys/policy/other', { body: { rules: policy } });
    expect((await must('GET sys/policies/acl/other')).body.data.policy).toBe(policy);
  });

  test.each([
    ['PUT sys/policies/acl/root', { policy: 'path "a" {}' }, 'cannot update "root" policy'],
    ['DELETE sys/policies/acl/default', undefined, 'cannot delete "default" policy'],
    ['PUT sys/policies/acl/job', {}, "'policy' parameter not supplied or empty"],
    [
      'PUT sys/policies/acl/job',
      { policy: 'path "a"' },
      'failed to parse policy: unexpected token "EOF" on line 1',
    ],
  ])('refuses %s %j', async (line, body, error) => {
    expect(await openVault().call(line, { body })).toMatchObject({
      status: 400,
      body: { errors: [error] },
    });
  });

  test('holds for tokens that exist already', async () => {
    const { must, call, tokenWith } = openVault();
    const token = await tokenWith('path "sys/mounts" { capabilities = ["read"] }');
    expect((await call('GET sys/mounts', { token })).status).toBe(200);
    await must('PUT sys/policies/acl/test-1', {
      body: { policy: 'path "sys/*" { capabilities = ["deny"] }' },
    });
    expect((await call('GET sys/mounts', { token })).status).toBe(403);
  });
});

describe('the default policy', () => {
  test.each([
    ['GET auth/token/lookup-self', {}, 200],
    ['POST auth/token/renew-self', {}, 200],
    ['POST sys/capabilities-self', { paths: ['sys/mounts'] }, 200],
    ['POST sys/leases/lookup', { lease_id: 'none' }, 400],
    ['POST sys/leases/renew', { lease_id: 'none' }, 400],
    ['POST sys/leases/revoke', { lease_id: 'none' }, 403],
    ['POST auth/token/create', {}, 403],
    ['POST auth/token/revoke-self', {}, 204],
  ])('answers %s with %j by %d', async (line, body, status) => {
    const vault = await openPipelineVault({ token_policies: '' });
    const token = await vault.logIn();
    expect((await vault.call(line, { token, body })).status).toBe(status);
  });
});

test('sys/capabilities-self tells what the token may do', async () => {
  const { must, tokenWith } = openVault();
  const token = await tokenWith('path "a/*" { capabilities = ["update", "read"] }');
  const body = { paths: ['a/b', 'c'] };
  const { data } = (await must('POST sys/capabilities-self', { token, body })).body;
  expect(data).toEqual({ 'a/b': ['read', 'update'], c: ['deny'] });
});

describe('sys/mounts', () => {
  test('shows what is mounted', async () => {
    const { must } = openVault();
    expect((await must('GET sys/mounts')).body.data).toMatchObject({
      'exoscale/': { type: 'exoscale' },
      'sys/': { type: 'system' },
    });
    expect((await must('GET sys/auth')).body.data).toMatchObject({
      'approle/': { type: 'approle' },
      'jwt/': { type: 'jwt' },
      'token/': { type: 'token' },
    });
  });

  test.each([
    ['POST sys/mounts/exoscale', 'exoscale', 'path is already in use at exoscale/'],
    ['POST sys/mounts/kv', 'kv', 'plugin not found in the catalog: kv'],
  ])('refuses %s', async (line, type, error) => {
    expect(await openVault().call(line, { body: { type } })).toMatchObject({
      status: 400,
      body: { errors: [error] },
    });
  });

  test('tunes how long tokens of a mount live', async () => {
    const vault = await openPipelineVault({ token_ttl: 0, token_max_ttl: 0 });
    await vault.must('POST sys/auth/approle/tune', { body: { default_lease_ttl: '3m' } });
    expect((await vault.must('GET sys/auth/approle/tune')).body.data).toMatchObject({
      default_lease_ttl: 180,
    });
    const token = await vault.logIn();
    const { data } = (await vault.must('GET auth/token/lookup-self', { token })).body;
    expect(data.ttl).toBe(180);
  });
});

describe('requests that fit nowhere', () => {
  test.each([
    ['GET nowhere/at/all', 404, 'no handler for route "nowhere/at/all". route entry not found.'],
    ['GET auth/approle/nothing', 404, '1 error occurred:\n\t* unsupported path\n\n'],
    ['DELETE auth/token/create', 405, '1 error occurred:\n\t* unsupported operation\n\n'],
    ['GET sys/../mounts', 400, 'relative paths not supported'],
  ])('%s is %d', async (line, status, error) => {
    expect(await openVault().call(line)).toMatchObject({ status, body: { errors: [error] } });
  });

  test('do not tell strangers what exists', async () => {
    const { call } = openVault();
    expect((await call('GET nowhere', { token: '' })).status).toBe(403);
    expect((await call('GET sys/nothing', { token: '' })).status).toBe(403);
  });

  test.each([
    ['PROPFIND', '', 405],
    ['POST', '{', 500],
    ['POST', 'role_id=1', 400],
    ['POST', '[]', 400],
  ])('%s with a body of %j is %d', async (method, body, status) => {
    const { vault } = openVault();
    const response = await vault.handler({
      method,
      path: '/v1/auth/approle/login',
      query: '',
      headers: {},
      body: Buffer.from(body),
    });
    expect(response.status).toBe(status);
    expect(JSON.parse(String(response.body))).toHaveProperty('errors');
  });
});
