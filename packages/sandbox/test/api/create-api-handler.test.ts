import { expect, test } from 'vitest';
import { callUnsigned, createSandboxClient } from './sandbox-client.ts';

async function createPool(sandbox: ReturnType<typeof createSandboxClient>, size = 2) {
  const { cloud } = sandbox;
  const template = cloud.templates.add({ name: 'app', image: { bootMs: 20_000 } });
  const types = (await sandbox.call('GET', '/instance-type')).body['instance-types'];
  const operation = await sandbox.settle('POST', '/instance-pool', {
    name: 'web',
    size,
    'disk-size': 10,
    'instance-type': types[0],
    template: { id: template.id, 'created-at': '0001-01-01T00:00:00Z' },
    'ssh-key': {},
    'user-data': 'I2Nsb3VkLWNvbmZpZwo=',
  });
  return { id: operation.reference.id as string, template };
}

test('createApiHandler() lists zones without a signature and advertises itself', async () => {
  const { handler } = createSandboxClient();
  const { status, body } = await callUnsigned(handler, {});
  expect(status).toBe(200);
  expect(body.zones).toContainEqual({
    name: 'ch-dk-2',
    'api-endpoint': 'http://127.0.0.1:1/z/ch-dk-2/v2',
    'sos-endpoint': 'http://127.0.0.1:1/sos/ch-dk-2',
  });
});

test('createApiHandler() creates a pool whose members come to run', async () => {
  const sandbox = createSandboxClient();
  const { id, template } = await createPool(sandbox);
  await sandbox.time.advance(60_000);
  const { body: pool } = await sandbox.call('GET', `/instance-pool/${id}`);
  expect(pool).toMatchObject({
    name: 'web',
    size: 2,
    state: 'running',
    template: { id: template.id },
  });
  const query = `manager-id=${id}&manager-type=instance-pool`;
  const { body: list } = await sandbox.call('GET', `/instance?${query}`);
  expect(list.instances).toHaveLength(2);
  expect(list.instances[0]).toMatchObject({
    state: 'running',
    manager: { id, type: 'instance-pool' },
  });
  expect(list.instances[0]).not.toHaveProperty('user-data');
  const { body: one } = await sandbox.call('GET', `/instance/${list.instances[0].id}`);
  expect(one).toMatchObject({ 'tpm-enabled': false, 'user-data': 'I2Nsb3VkLWNvbmZpZwo=' });
});

test('createApiHandler() answers a change with an operation that refers to what it changes', async () => {
  const sandbox = createSandboxClient();
  const { id } = await createPool(sandbox);
  await sandbox.time.advance(60_000);
  const { body } = await sandbox.call('PUT', `/instance-pool/${id}:scale`, { body: { size: 3 } });
  expect(body).toEqual({
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    state: 'pending',
    reference: { id, link: `/v2/instance-pool/${id}`, command: 'scale-instance-pool' },
  });
});
