import { expect, test } from 'vitest';
import { createSandboxClient } from './sandbox-client.ts';

async function openWorld() {
  const client = createSandboxClient();
  const { cloud, settle } = client;
  const template = cloud.templates.add({ name: 'img', checksum: 'a'.repeat(32) });
  const { reference } = await settle('POST', '/instance', {
    name: 'web-1',
    template: { id: template.id },
    'instance-type': { id: cloud.catalog.instanceTypes[0]?.id },
    'disk-size': 10,
  });
  const create = () => settle('POST', `/instance/${reference.id}:create-snapshot`);
  return { ...client, instanceId: reference.id as string, create };
}

test('a snapshot is created, exported and deleted', async () => {
  const { call, settle, create, instanceId } = await openWorld();
  const { reference } = await create();
  expect(reference.command).toBe('get-snapshot');
  const get = async () => (await call('GET', `/snapshot/${reference.id}`)).body;
  expect(await get()).toMatchObject({
    name: 'web-1',
    state: 'ready',
    size: 10,
    instance: { id: instanceId },
  });
  expect(await get()).not.toHaveProperty('export');
  await settle('POST', `/snapshot/${reference.id}:export`);
  expect(await get()).toMatchObject({ state: 'exported', export: { md5sum: 'a'.repeat(32) } });
  expect((await call('GET', '/snapshot')).body.snapshots).toEqual([await get()]);
  await settle('DELETE', `/snapshot/${reference.id}`);
  expect((await call('GET', `/snapshot/${reference.id}`)).status).toBe(404);
});

test('a snapshot that is being made cannot be exported', async () => {
  const { call, instanceId } = await openWorld();
  const { body } = await call('POST', `/instance/${instanceId}:create-snapshot`);
  const exporting = await call('POST', `/snapshot/${body.reference.id}:export`);
  expect(exporting.status).toBe(409);
});

test('a failed operation leaves everything as it was', async () => {
  const { call, cloud, settle, create } = await openWorld();
  cloud.faults.add({ kind: 'operation-failure', match: { operation: 'create-snapshot' } });
  expect((await create()).state).toBe('failure');
  expect((await call('GET', '/snapshot')).body.snapshots).toEqual([]);
  const { reference } = await create();
  for (const operation of ['export-snapshot', 'delete-snapshot']) {
    cloud.faults.add({ kind: 'operation-failure', match: { operation } });
  }
  expect((await settle('POST', `/snapshot/${reference.id}:export`)).state).toBe('failure');
  expect((await settle('DELETE', `/snapshot/${reference.id}`)).state).toBe('failure');
  expect((await call('GET', `/snapshot/${reference.id}`)).body.state).toBe('ready');
});
