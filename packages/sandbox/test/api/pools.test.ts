import { expect, test } from 'vitest';
import { createSandboxClient, type SandboxClient } from './sandbox-client.ts';

const userData = Buffer.from('#cloud-config\n').toString('base64');

async function createPool(options: Parameters<typeof createSandboxClient>[0] = {}) {
  const sandbox = createSandboxClient(options);
  const template = sandbox.cloud.templates.add({ name: 'app', image: { bootMs: 20_000 } });
  const types = (await sandbox.call('GET', '/instance-type')).body['instance-types'];
  const groups = (await sandbox.call('GET', '/security-group')).body['security-groups'];
  const { reference } = await sandbox.settle('POST', '/instance-pool', {
    name: 'web',
    size: 2,
    'disk-size': 10,
    'instance-type': types[0],
    template: { id: template.id, 'created-at': '0001-01-01T00:00:00Z' },
    'security-groups': [{ id: groups[0].id }],
    'ssh-key': {},
    'user-data': userData,
    labels: { app: 'hello' },
  });
  await sandbox.time.advance(60_000);
  const id: string = reference.id;
  const get = async () => (await sandbox.call('GET', `/instance-pool/${id}`)).body;
  return { ...sandbox, id, get, template, type: types[0], group: groups[0] };
}

async function members({ call }: SandboxClient, poolId: string) {
  const query = `manager-id=${poolId}&manager-type=instance-pool`;
  return (await call('GET', `/instance?${query}`)).body.instances;
}

test('a pool shows every field that the clients read', async () => {
  const pool = await createPool();
  expect(await pool.get()).toEqual({
    id: pool.id,
    name: 'web',
    size: 2,
    state: 'running',
    'disk-size': 10,
    'instance-type': { id: pool.type.id },
    template: { id: pool.template.id },
    'security-groups': [{ id: pool.group.id }],
    'anti-affinity-groups': [],
    'elastic-ips': [],
    'private-networks': [],
    'ssh-keys': [],
    'public-ip-assignment': 'inet4',
    'user-data': userData,
    labels: { app: 'hello' },
    'application-consistent-snapshot-enabled': false,
    instances: [{ id: expect.any(String) }, { id: expect.any(String) }],
    'instance-prefix': 'pool',
    'ipv6-enabled': false,
  });
  const { body } = await pool.call('GET', '/instance-pool');
  expect(body['instance-pools']).toEqual([await pool.get()]);
});

test('a member shows every field that the clients read; a list shows less', async () => {
  const pool = await createPool();
  const [item] = await members(pool, pool.id);
  const { body: member } = await pool.call('GET', `/instance/${item.id}`);
  expect(member).toMatchObject({
    state: 'running',
    'created-at': expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    'instance-type': { id: pool.type.id },
    template: { id: pool.template.id },
    'public-ip': expect.stringMatching(/^\d+\.\d+\.\d+\.\d+$/),
    'tpm-enabled': false,
    'secureboot-enabled': false,
    'user-data': userData,
    manager: { id: pool.id, type: 'instance-pool' },
    'mac-address': expect.stringMatching(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/),
  });
  const kept = ['id', 'name', 'state', 'public-ip', 'instance-type', 'template', 'manager'];
  for (const key of [...kept, 'security-groups', 'created-at', 'labels']) {
    expect(item).toHaveProperty([key], member[key]);
  }
  for (const key of ['disk-size', 'user-data', 'tpm-enabled', 'elastic-ips', 'snapshots']) {
    expect(item).not.toHaveProperty([key]);
  }
});

test('a change is answered with an operation that refers to the pool', async () => {
  const { call, id } = await createPool();
  const { body } = await call('PUT', `/instance-pool/${id}:scale`, { body: { size: 3 } });
  expect(body).toEqual({
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    state: 'pending',
    reference: { id, link: `/v2/instance-pool/${id}`, command: 'get-instance-pool' },
  });
});

test('a PUT as the official CLI sends it changes the template and nothing else', async () => {
  const pool = await createPool();
  const before = await pool.get();
  const template = pool.cloud.templates.add({ name: 'next' });
  const { body: list } = await pool.call('GET', '/template?visibility=private');
  const whole = list.templates.find(({ id }: { id: string }) => id === template.id);
  const operation = await pool.settle('PUT', `/instance-pool/${pool.id}`, {
    'anti-affinity-groups': [],
    'deploy-target': null,
    'elastic-ips': [],
    'private-networks': [],
    'security-groups': [{ id: pool.group.id }],
    'ssh-key': null,
    'ssh-keys': null,
    template: whole,
  });
  expect(operation.state).toBe('success');
  expect(await pool.get()).toEqual({ ...before, template: { id: template.id } });
});

test('a PUT without the nullable fields clears them, by switch', async () => {
  const cleared = await createPool();
  await cleared.settle('PUT', `/instance-pool/${cleared.id}`, { name: 'other' });
  expect(await cleared.get()).toMatchObject({ name: 'other', 'security-groups': [] });
  const kept = await createPool({ switches: { omittedFieldsOnPut: 'keep' } });
  await kept.settle('PUT', `/instance-pool/${kept.id}`, { name: 'other' });
  expect((await kept.get())['security-groups']).toHaveLength(1);
});

test('evict takes ids and deletes those members', async () => {
  const pool = await createPool();
  const [first, second] = (await pool.get()).instances;
  await pool.settle('PUT', `/instance-pool/${pool.id}:evict`, { instances: [first.id] });
  await pool.time.advance(60_000);
  expect(await pool.get()).toMatchObject({ size: 1, state: 'running', instances: [second] });
  expect((await pool.call('GET', `/instance/${first.id}`)).status).toBe(404);
});

test('a busy pool answers 409', async () => {
  const { call, id } = await createPool();
  await call('PUT', `/instance-pool/${id}:scale`, { body: { size: 3 } });
  const { status, body } = await call('PUT', `/instance-pool/${id}:scale`, { body: { size: 4 } });
  expect(status).toBe(409);
  expect(body.message).toBe('Instance pool "web" is busy: scaling-up');
});

test('a growth beyond the quota answers 403 and says so', async () => {
  const { call, id } = await createPool({ quotas: { instance: 3 } });
  const { status, body } = await call('PUT', `/instance-pool/${id}:scale`, { body: { size: 4 } });
  expect(status).toBe(403);
  expect(body.message).toBe('Quota of "instance" exceeded: 2 of 3 in use');
});

test.each([
  ['PUT', ':scale', {}],
  ['PUT', ':scale', { size: -1 }],
  ['PUT', ':scale', { size: '3' }],
  ['PUT', ':evict', { instances: 'abc' }],
  ['PUT', '', { labels: { a: 1 } }],
])('%s …%s with %o answers 400', async (method, verb, body) => {
  const { call, id } = await createPool();
  expect((await call(method, `/instance-pool/${id}${verb}`, { body })).status).toBe(400);
});

test('a pool of another zone is not found', async () => {
  const { call, id } = await createPool();
  expect((await call('GET', `/z/de-fra-1/v2/instance-pool/${id}`)).status).toBe(404);
  const { body } = await call('GET', '/z/de-fra-1/v2/instance-pool');
  expect(body['instance-pools']).toEqual([]);
});

test('a deleted pool is not found', async () => {
  const { call, settle, id } = await createPool();
  expect((await settle('DELETE', `/instance-pool/${id}`)).state).toBe('success');
  expect((await call('GET', `/instance-pool/${id}`)).status).toBe(404);
});
