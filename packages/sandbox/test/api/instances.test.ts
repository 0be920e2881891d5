import { expect, test } from 'vitest';
import { createSandboxClient } from './sandbox-client.ts';

async function createInstance(extra: object = {}) {
  const sandbox = createSandboxClient();
  const template = sandbox.cloud.templates.add({ name: 'app', image: { bootMs: 0 } });
  const types = (await sandbox.call('GET', '/instance-type')).body['instance-types'];
  await sandbox.settle('POST', '/ssh-key', { name: 'deploy', 'public-key': 'ssh-ed25519 AAAA x' });
  const body = {
    name: 'smoke-1',
    'disk-size': 10,
    'instance-type': types[0],
    template: { id: template.id },
    'ssh-keys': [{ name: 'deploy' }],
    labels: { 'smoke-id': 'abc' },
    ...extra,
  };
  const operation = await sandbox.settle('POST', '/instance', body);
  const id: string = operation.reference.id;
  const get = async () => (await sandbox.call('GET', `/instance/${id}`)).body;
  return { ...sandbox, operation, body, id, get };
}

test('an instance is created, stopped, started, rebooted and deleted', async () => {
  const { settle, call, get, id, operation } = await createInstance();
  expect(operation).toMatchObject({ state: 'success', reference: { command: 'get-instance' } });
  expect(await get()).toMatchObject({
    name: 'smoke-1',
    state: 'running',
    'ssh-key': { name: 'deploy' },
    'ssh-keys': [{ name: 'deploy' }],
  });
  for (const [verb, state] of [
    ['stop', 'stopped'],
    ['start', 'running'],
    ['reboot', 'running'],
  ]) {
    expect((await settle('PUT', `/instance/${id}:${verb}`)).state).toBe('success');
    expect((await get()).state).toBe(state);
  }
  expect((await settle('DELETE', `/instance/${id}`)).state).toBe('success');
  expect((await call('GET', `/instance/${id}`)).status).toBe(404);
});

test('a protected instance cannot be deleted', async () => {
  const { settle, call, id } = await createInstance();
  await settle('PUT', `/instance/${id}:add-protection`);
  expect((await call('DELETE', `/instance/${id}`)).status).toBe(409);
  await settle('PUT', `/instance/${id}:remove-protection`);
  expect((await settle('DELETE', `/instance/${id}`)).state).toBe('success');
});

test.each([
  ['labels=smoke-id:abc', 1],
  ['labels=smoke-id=abc', 1],
  [`labels=${encodeURIComponent('{"smoke-id":"abc"}')}`, 1],
  ['labels=smoke-id:xyz', 0],
  ['manager-id=nobody&manager-type=instance-pool', 0],
  ['manager-type=sks-nodepool', 0],
  ['ip-address=203.0.113.1', 0],
  ['', 1],
])('the list filters by %s', async (query, count) => {
  const { call } = await createInstance();
  expect((await call('GET', `/instance?${query}`)).body.instances).toHaveLength(count);
});

test('the list refuses labels that it cannot read', async () => {
  const { call } = await createInstance();
  expect((await call('GET', '/instance?labels=nonsense')).status).toBe(400);
  expect((await call('GET', '/instance?labels=%7Bbroken')).status).toBe(400);
});

test('the list finds an instance by its address', async () => {
  const { call, get } = await createInstance();
  const { body } = await call('GET', `/instance?ip-address=${(await get())['public-ip']}`);
  expect(body.instances).toHaveLength(1);
});

test('an instance without a public address shows none', async () => {
  const { get } = await createInstance({ 'public-ip-assignment': 'none' });
  expect(await get()).not.toHaveProperty('public-ip');
});

test('an update changes name and labels', async () => {
  const { settle, get, id } = await createInstance();
  await settle('PUT', `/instance/${id}`, { name: 'other', labels: { a: 'b' } });
  expect(await get()).toMatchObject({ name: 'other', labels: { a: 'b' }, 'disk-size': 10 });
});

test.each([
  [{ name: undefined }, 400, 'Invalid parameter: name'],
  [{ template: {} }, 400, 'Invalid parameter: template'],
  [{ 'disk-size': 5 }, 400, 'Invalid parameter: disk-size'],
  [{ template: { id: 'nothing' } }, 404, 'Template "nothing" not found'],
  [{ 'instance-type': { id: 'nothing' } }, 404, 'Instance type "nothing" not found'],
  [{ 'ssh-key': { name: 'x' }, 'ssh-keys': undefined }, 404, 'SSH key "x" not found'],
])('a create with %o is refused', async (change, status, message) => {
  const { call, body } = await createInstance();
  const answer = await call('POST', '/instance', { body: { ...body, ...change } });
  expect(answer).toMatchObject({ status, body: { message } });
});
