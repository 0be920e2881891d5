import { expect, test } from 'vitest';
import { createSandboxClient } from '../api/sandbox-client.ts';

async function openWorld(hosts: number) {
  const client = createSandboxClient({ hosts });
  const { cloud, settle } = client;
  const template = cloud.templates.add({ name: 'img' });
  const { reference } = await settle('POST', '/anti-affinity-group', { name: 'apart' });
  const machine = {
    template: { id: template.id },
    'instance-type': { id: cloud.catalog.instanceTypes[0]?.id },
    'disk-size': 10,
    'anti-affinity-groups': [{ id: reference.id }],
  };
  return { ...client, machine, groupId: reference.id as string };
}

test('each member of a group needs a host of its own', async () => {
  const { settle, call, time, machine, groupId } = await openWorld(2);
  const create = (name: string) => settle('POST', '/instance', { ...machine, name });
  expect([(await create('a')).state, (await create('b')).state]).toEqual(['success', 'success']);
  expect(await create('c')).toMatchObject({ state: 'failure', reason: 'unavailable' });
  await time.advance(60_000);
  const { body } = await call('GET', `/anti-affinity-group/${groupId}`);
  expect(body).toMatchObject({ name: 'apart', instances: [{}, {}] });
  expect((await call('DELETE', `/anti-affinity-group/${groupId}`)).status).toBe(409);
});

test('a pool grows as far as there are hosts, and further when there is one', async () => {
  const { settle, cloud, time, machine } = await openWorld(2);
  await settle('POST', '/instance-pool', { ...machine, name: 'web', size: 3 });
  const members = () => cloud.instances.list().filter(({ state }) => state === 'running');
  await time.runUntil(() => members().length === 2, 600_000);
  const [first] = members();
  await settle('DELETE', `/instance/${first?.id}`);
  await time.runUntil(() => members().length === 2, 600_000);
  expect(members().map(({ id }) => id)).not.toContain(first?.id);
});

test('a group that does not exist is refused', async () => {
  const { call, machine } = await openWorld(2);
  const body = { ...machine, name: 'a', 'anti-affinity-groups': [{ id: 'nothing' }] };
  expect((await call('POST', '/instance', { body })).status).toBe(404);
});
