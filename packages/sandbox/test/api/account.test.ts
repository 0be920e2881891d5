import { expect, test } from 'vitest';
import { createSandboxClient } from './sandbox-client.ts';

const policy = { 'default-service-strategy': 'deny', services: { sos: { type: 'allow' } } };

async function createRole(sandbox: ReturnType<typeof createSandboxClient>): Promise<string> {
  const operation = await sandbox.settle('POST', '/iam-role', { name: 'ci', policy });
  return operation.reference.id;
}

test('a key is created with its secret and deleted at once', async () => {
  const sandbox = createSandboxClient();
  const { call } = sandbox;
  const roleId = await createRole(sandbox);
  const created = await call('POST', '/api-key', { body: { name: 'job', 'role-id': roleId } });
  expect(created).toMatchObject({
    status: 200,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: { name: 'job', 'role-id': roleId, secret: expect.any(String) },
  });
  const { key } = created.body;
  const listed = { key, name: 'job', 'role-id': roleId };
  expect((await call('GET', '/api-key')).body).toEqual({ 'api-keys': [listed] });
  expect((await call('GET', `/api-key/${key}`)).body).toEqual(listed);
  expect((await call('DELETE', `/api-key/${key}`)).body).toMatchObject({
    state: 'success',
    reference: { id: expect.stringMatching(/^[0-9a-f-]{36}$/), command: 'get-api-key' },
  });
  expect((await call('DELETE', `/api-key/${key}`)).status).toBe(404);
  expect(sandbox.cloud.snapshot().keys).toEqual({ minted: 1, revoked: 1, live: 0 });
});

test.each([
  ['pending', {}],
  ['failure', { message: 'Locked', reason: 'conflict' }],
] as const)('the deletion of a key ends as %s when a fault says so', async (state, words) => {
  const sandbox = createSandboxClient();
  const { call, cloud } = sandbox;
  const roleId = await createRole(sandbox);
  const { body } = await call('POST', '/api-key', { body: { name: 'job', 'role-id': roleId } });
  const match = { operation: 'delete-api-key' };
  cloud.faults.add({ kind: 'operation-failure', state, ...words, match });
  expect((await call('DELETE', `/api-key/${body.key}`)).body).toMatchObject({ state, ...words });
  expect((await call('GET', `/api-key/${body.key}`)).status).toBe(200);
  expect((await call('DELETE', `/api-key/${body.key}`)).body).toMatchObject({ state: 'success' });
});

test('a key of an unknown role is refused', async () => {
  const { call } = createSandboxClient();
  const { status } = await call('POST', '/api-key', { body: { name: 'x', 'role-id': 'nothing' } });
  expect(status).toBe(404);
});

test('roles are listed with their policy, changed and deleted', async () => {
  const sandbox = createSandboxClient();
  const { call, settle } = sandbox;
  const id = await createRole(sandbox);
  const { body } = await call('GET', '/iam-role');
  expect(body['iam-roles']).toMatchObject([
    { name: 'Owner', editable: false },
    { id, name: 'ci', editable: true, permissions: [], labels: {} },
  ]);
  const rules = [{ action: 'allow', expression: "operation == 'get-quota'" }];
  const next = {
    'default-service-strategy': 'deny',
    services: { compute: { type: 'rules', rules } },
  };
  await settle('PUT', `/iam-role/${id}:policy`, next);
  await settle('PUT', `/iam-role/${id}`, { description: 'for jobs' });
  expect((await call('GET', `/iam-role/${id}`)).body).toMatchObject({
    description: 'for jobs',
    policy: next,
  });
  await settle('DELETE', `/iam-role/${id}`);
  expect((await call('GET', `/iam-role/${id}`)).status).toBe(404);
});

test.each([
  [{ 'default-service-strategy': 'maybe', services: {} }],
  [{ 'default-service-strategy': 'deny' }],
  [{ 'default-service-strategy': 'deny', services: { sos: { type: 'sometimes' } } }],
  [{ 'default-service-strategy': 'deny', services: { sos: { type: 'rules', rules: [{}] } } }],
  [
    {
      'default-service-strategy': 'deny',
      services: { sos: { type: 'rules', rules: [{ action: 'allow', expression: 'a.b' }] } },
    },
  ],
])('a role with the policy %j is refused', async (broken) => {
  const { call } = createSandboxClient();
  const { status } = await call('POST', '/iam-role', { body: { name: 'x', policy: broken } });
  expect(status).toBe(400);
});

test('quotas are a list, or one', async () => {
  const { call } = createSandboxClient({ quotas: { instance: 7 } });
  const one = { resource: 'instance', usage: 0, limit: 7 };
  expect((await call('GET', '/quota')).body.quotas).toContainEqual(one);
  expect((await call('GET', '/quota/instance')).body).toEqual(one);
  expect((await call('GET', '/quota/unicorn')).status).toBe(404);
});

test('instance types say that one is authorized to use them', async () => {
  const { call } = createSandboxClient();
  const { body } = await call('GET', '/instance-type');
  const tiny = body['instance-types'].find(({ size }: { size: string }) => size === 'tiny');
  expect(tiny).toMatchObject({ family: 'standard', cpus: 1, memory: 2 ** 30, authorized: true });
  expect((await call('GET', `/instance-type/${tiny.id}`)).body).toEqual(tiny);
});

test('templates are registered, copied, shown and deleted', async () => {
  const { call, settle } = createSandboxClient();
  const operation = await settle('POST', '/template', {
    name: 'img',
    url: 'https://sos.invalid/b/img.qcow2',
    checksum: 'D41D8CD98F00B204E9800998ECF8427E',
    'ssh-key-enabled': true,
    'password-enabled': false,
    'boot-mode': 'uefi',
    'default-user': 'debian',
  });
  const { id } = operation.reference;
  await settle('POST', `/template/${id}`, { 'target-zone': { name: 'de-fra-1' } });
  const { body: template } = await call('GET', `/template/${id}`);
  expect(template).toMatchObject({
    name: 'img',
    visibility: 'private',
    'boot-mode': 'uefi',
    checksum: 'd41d8cd98f00b204e9800998ecf8427e',
    zones: ['ch-gva-2', 'de-fra-1'],
  });
  const { body: list } = await call('GET', '/template?visibility=private');
  expect(list.templates).toEqual([template]);
  await settle('DELETE', `/template/${id}`);
  expect((await call('GET', `/template/${id}`)).status).toBe(404);
});

test.each([
  { checksum: 'abc' },
  { url: undefined },
  { 'ssh-key-enabled': undefined },
  { 'boot-mode': 'floppy' },
])('a template with %o is refused', async (change) => {
  const { call } = createSandboxClient();
  const body = {
    name: 'img',
    url: 'https://sos.invalid/b/img.qcow2',
    checksum: 'd41d8cd98f00b204e9800998ecf8427e',
    'ssh-key-enabled': true,
    'password-enabled': false,
    ...change,
  };
  expect((await call('POST', '/template', { body })).status).toBe(400);
});

test('security groups and their rules', async () => {
  const { call, settle } = createSandboxClient();
  const { id } = (await settle('POST', '/security-group', { name: 'web' })).reference;
  await settle('POST', `/security-group/${id}/rules`, {
    'flow-direction': 'ingress',
    protocol: 'tcp',
    'security-group': { id },
    'start-port': 22,
    'end-port': 22,
  });
  const { body: group } = await call('GET', `/security-group/${id}`);
  expect(group.rules).toEqual([
    {
      id: expect.any(String),
      description: '',
      'flow-direction': 'ingress',
      protocol: 'tcp',
      'security-group': { id, name: 'web' },
      'start-port': 22,
      'end-port': 22,
    },
  ]);
  const { body: list } = await call('GET', '/security-group');
  expect(list['security-groups']).toContainEqual(group);
  const { body: strangers } = await call('GET', '/security-group?visibility=public');
  expect(strangers['security-groups']).toEqual([]);
  await settle('DELETE', `/security-group/${id}/rules/${group.rules[0].id}`);
  await settle('DELETE', `/security-group/${id}`);
  expect((await call('GET', `/security-group/${id}`)).status).toBe(404);
});

test('SSH keys are known by name, also by an odd one', async () => {
  const { call } = createSandboxClient();
  const body = { name: 'a b:c', 'public-key': 'ssh-ed25519 AAAA me\n' };
  await call('POST', '/ssh-key', { body });
  const { body: key } = await call('GET', '/ssh-key/a%20b:c');
  expect(key).toEqual({ name: 'a b:c', fingerprint: expect.stringMatching(/^([0-9a-f]{2}:){15}/) });
  expect((await call('GET', '/ssh-key')).body).toEqual({ 'ssh-keys': [key] });
  await call('DELETE', '/ssh-key/a%20b:c');
  expect((await call('GET', '/ssh-key')).body).toEqual({ 'ssh-keys': [] });
});

test('events tell who asked for which change, refused ones included, newest first', async () => {
  const sandbox = createSandboxClient();
  const { cloud, call, time } = sandbox;
  const { key, secret } = cloud.iam.createKey('job', await createRole(sandbox));
  await time.advance(1_000);
  await call('POST', '/security-group', { body: { name: 'web' } });
  await call('POST', '/security-group', { body: { name: 'x' }, credentials: { key, secret } });
  await call('GET', '/security-group');
  const { body } = await call('GET', '/event');
  expect(body.slice(0, 2)).toMatchObject([
    { handler: 'create-security-group', status: 403, 'iam-api-key': { key, name: 'job' } },
    { handler: 'create-security-group', status: 200, uri: '/v2/security-group' },
  ]);
  expect(body).toHaveLength(3);
  const since = encodeURIComponent(cloud.now().toISOString());
  expect((await call('GET', `/event?from=${since}`)).body).toHaveLength(2);
  expect((await call('GET', '/event?from=yesterday')).status).toBe(400);
  await time.advance(25 * 3_600_000);
  expect((await call('GET', '/event')).body).toEqual([]);
});

test('an operation can be asked after; an unknown one cannot', async () => {
  const { call } = createSandboxClient();
  const { body } = await call('POST', '/security-group', { body: { name: 'web' } });
  expect((await call('GET', `/operation/${body.id}`)).body).toEqual(body);
  expect((await call('GET', '/operation/nothing')).status).toBe(404);
});

test('the organization has a name', async () => {
  const { call } = createSandboxClient();
  expect((await call('GET', '/organization')).body).toMatchObject({ name: 'sandbox' });
});
