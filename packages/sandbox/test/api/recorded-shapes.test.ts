import { expect, test } from 'vitest';
import { createSandboxClient } from './sandbox-client.ts';

// What the real servers were recorded to answer (August 2026), where their own description does not say it.

test('a zone has an id', async () => {
  const { call } = createSandboxClient();
  const { zones } = (await call('GET', '/zone')).body;
  expect(zones).toHaveLength(8);
  for (const zone of zones) {
    expect(Object.keys(zone).sort()).toEqual(['api-endpoint', 'id', 'name', 'sos-endpoint']);
  }
  expect(new Set(zones.map(({ id }: { id: string }) => id)).size).toBe(8);
});

test('a security group says that it is private, and has rules only when there are any', async () => {
  const { call, settle } = createSandboxClient();
  const { reference } = await settle('POST', '/security-group', { name: 'a', description: 'x' });
  const get = async () => (await call('GET', `/security-group/${reference.id}`)).body;
  const bare = { id: reference.id, name: 'a', description: 'x', visibility: 'private' };
  expect(await get()).toEqual(bare);
  await settle('POST', `/security-group/${reference.id}/rules`, {
    'flow-direction': 'ingress',
    protocol: 'tcp',
    'start-port': 80,
    'end-port': 80,
    'security-group': { id: reference.id },
  });
  const { rules } = await get();
  expect(rules[0]['security-group']).toEqual({ id: reference.id, name: 'a' });
});

test.each([
  ['/security-group', { name: 'a' }, 'get-security-group'],
  ['/anti-affinity-group', { name: 'a' }, 'get-anti-affinity-group'],
])('an operation on %s refers to the call that shows the result', async (path, body, command) => {
  const { settle } = createSandboxClient();
  const { reference } = await settle('POST', path, body);
  expect(reference).toEqual({ id: reference.id, link: `/v2${path}/${reference.id}`, command });
});

test('an operation on an SSH key refers to nothing', async () => {
  const { settle } = createSandboxClient();
  const key = { name: 'deploy', 'public-key': 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 us' };
  const registered = await settle('POST', '/ssh-key', key);
  expect(registered).toEqual({ id: expect.any(String), state: 'success' });
  expect(await settle('DELETE', '/ssh-key/deploy')).not.toHaveProperty('reference');
});
