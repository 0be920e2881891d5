import { expect, test } from 'vitest';
import { createSandboxClient, type SandboxClient } from '../api/sandbox-client.ts';

const bootMs = 600_000;

/** Boots instances of these names, and returns the names of those that run and never answer. */
async function boot(client: SandboxClient, names: readonly string[]): Promise<readonly string[]> {
  const { cloud, time, guests, settle } = client;
  const template = cloud.templates.add({ name: 'img' });
  for (const name of names) {
    await settle('POST', '/instance', {
      name,
      template: { id: template.id },
      'instance-type': { id: cloud.catalog.instanceTypes[0]?.id },
      'disk-size': 10,
    });
  }
  await time.advance(bootMs);
  const instances = cloud.instances.list();
  expect(instances.map(({ state }) => state)).toEqual(names.map(() => 'running'));
  return instances.filter(({ id }) => !guests.accepts(id)).map(({ name }) => name);
}

test('a boot failure leaves an instance that runs and never answers', async () => {
  const client = createSandboxClient();
  client.cloud.faults.add({ kind: 'boot-failure', match: { instancePattern: '^web-' }, count: 2 });
  expect(await boot(client, ['db-1', 'web-1', 'web-2', 'web-3'])).toEqual(['web-1', 'web-2']);
});

test('an instance that did not come up is stopped, started again and deleted as any other', async () => {
  const client = createSandboxClient();
  const { cloud, settle, guests, time } = client;
  cloud.faults.add({ kind: 'boot-failure', match: {} });
  expect(await boot(client, ['web-1'])).toEqual(['web-1']);
  const id = cloud.instances.list()[0]?.id ?? '';
  expect(await settle('PUT', `/instance/${id}:stop`)).toMatchObject({ state: 'success' });
  expect(await settle('PUT', `/instance/${id}:start`)).toMatchObject({ state: 'success' });
  await time.advance(bootMs);
  expect(guests.accepts(id)).toBe(true);
  expect(await settle('DELETE', `/instance/${id}`)).toMatchObject({ state: 'success' });
});

test('a share of all boots fails, the same ones for the same seed', async () => {
  const names = Array.from({ length: 40 }, (_, index) => `web-${index}`);
  const world = { quotas: { instance: 40 }, bootFailureShare: 0.5, seed: 'luck' };
  const asleep = await boot(createSandboxClient(world), names);
  expect(asleep.length).toBeGreaterThan(8);
  expect(asleep.length).toBeLessThan(32);
  expect(await boot(createSandboxClient(world), names)).toEqual(asleep);
});

test.each([-0.1, 1.1, Number.NaN])('a share of %d is refused', (bootFailureShare) => {
  expect(() => createSandboxClient({ bootFailureShare })).toThrow(RangeError);
});
