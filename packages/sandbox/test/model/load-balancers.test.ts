import { expect, test } from 'vitest';
import { createPoolCloud, type PoolCloud, zone } from './pool-cloud.ts';

function serving(sandbox: PoolCloud): readonly number[] {
  return sandbox.events.flatMap((event) =>
    event.type === 'serving-changed' ? [event.instanceIds.length] : [],
  );
}

test('a service admits a member after its first success, within one interval', async () => {
  const sandbox = await createPoolCloud({ size: 2 });
  const serviceId = await sandbox.balance({ intervalSeconds: 10 });
  const { cloud, time, members } = sandbox;
  expect(cloud.loadBalancers.rotation(serviceId)).toEqual([]);
  expect(cloud.loadBalancers.statuses(serviceId)).toEqual([]);
  await time.advance(15_000);
  expect(cloud.loadBalancers.rotation(serviceId)).toEqual(members().map(({ id }) => id));
  expect(cloud.loadBalancers.statuses(serviceId)).toEqual(
    members().map(({ id, address }) => ({ instanceId: id, address, status: 'success' })),
  );
});

test('a service keeps a member that never gets healthy out', async () => {
  const guest = { condition: { kind: 'never-healthy' } } as const;
  const sandbox = await createPoolCloud({ size: 1, guest });
  const serviceId = await sandbox.balance();
  await sandbox.time.advance(60_000);
  expect(sandbox.cloud.loadBalancers.rotation(serviceId)).toEqual([]);
  expect(sandbox.cloud.loadBalancers.statuses(serviceId)).toMatchObject([{ status: 'failure' }]);
});

test('an evicted member stays in rotation until its probes fail, or it is gone', async () => {
  const sandbox = await createPoolCloud({ size: 2, latencies: { destroyMs: 60_000 } });
  const serviceId = await sandbox.balance({ retries: 2, intervalSeconds: 10 });
  const { cloud, time, members, pool, end, guests } = sandbox;
  await time.advance(30_000);
  const [victim = ''] = members().map(({ id }) => id);
  await end(cloud.pools.evict(zone, pool().id, [victim]));
  expect(guests.accepts(victim)).toBe(false);
  expect(cloud.loadBalancers.rotation(serviceId)).toContain(victim);
  expect(cloud.loadBalancers.serving(serviceId)).not.toContain(victim);
  await time.advance(25_000);
  expect(cloud.loadBalancers.rotation(serviceId)).not.toContain(victim);
});

test('an evicted member leaves the rotation before its plug is pulled, by switch', async () => {
  const sandbox = await createPoolCloud({ size: 2, switches: { evictDeregistersFirst: true } });
  const serviceId = await sandbox.balance();
  const { cloud, time, members, pool, end, guests } = sandbox;
  await time.advance(30_000);
  const [victim = ''] = members().map(({ id }) => id);
  await end(cloud.pools.evict(zone, pool().id, [victim]));
  expect(cloud.loadBalancers.rotation(serviceId)).not.toContain(victim);
  expect(guests.accepts(victim)).toBe(true);
  await time.advance(2_000);
  expect(guests.accepts(victim)).toBe(false);
});

test('a drained member leaves the rotation while it still accepts', async () => {
  const sandbox = await createPoolCloud({
    size: 2,
    guest: { lameDuckMs: 40_000 },
    latencies: { acpiTimeoutMs: 60_000 },
  });
  const serviceId = await sandbox.balance({ retries: 2, intervalSeconds: 10 });
  const { cloud, time, members, guests } = sandbox;
  await time.advance(30_000);
  const [drained = ''] = members().map(({ id }) => id);
  cloud.instances.stop(zone, drained);
  await time.advance(25_000);
  expect(cloud.loadBalancers.rotation(serviceId)).not.toContain(drained);
  expect(guests.accepts(drained)).toBe(true);
});

test('serving-changed counts who is in rotation, on, and answered the last probe', async () => {
  const sandbox = await createPoolCloud({ size: 2 });
  await sandbox.balance({ retries: 3, intervalSeconds: 10 });
  await sandbox.time.advance(30_000);
  expect(serving(sandbox)).toEqual([1, 2]);
  const [victim = ''] = sandbox.members().map(({ id }) => id);
  await sandbox.end(sandbox.cloud.instances.delete(zone, victim));
  expect(serving(sandbox).slice(0, 3)).toEqual([1, 2, 1]);
  await sandbox.time.advance(60_000);
  expect(serving(sandbox)).toEqual([1, 2, 1, 2]);
});

test('a flapping member comes and goes', async () => {
  const condition = { kind: 'flapping', upMs: 30_000, downMs: 30_000 } as const;
  const sandbox = await createPoolCloud({ size: 1, guest: { condition } });
  await sandbox.balance({ retries: 1, intervalSeconds: 5 });
  await sandbox.time.advance(180_000);
  expect(serving(sandbox).slice(0, 5)).toEqual([1, 0, 1, 0, 1]);
});

test('a member that hangs is found out by the timeout', async () => {
  const condition = { kind: 'hangs', afterMs: 60_000 } as const;
  const sandbox = await createPoolCloud({ size: 1, guest: { condition } });
  const serviceId = await sandbox.balance({ retries: 2, intervalSeconds: 10 });
  await sandbox.time.advance(30_000);
  expect(sandbox.cloud.loadBalancers.rotation(serviceId)).toHaveLength(1);
  await sandbox.time.advance(60_000);
  expect(sandbox.cloud.loadBalancers.rotation(serviceId)).toHaveLength(0);
});

test('updateService() and deleteService() are told to whoever proxies', async () => {
  const sandbox = await createPoolCloud({ size: 1 });
  const serviceId = await sandbox.balance();
  const { cloud, end, events, time } = sandbox;
  await time.advance(30_000);
  const balancerId = cloud.loadBalancers.list(zone)[0]?.id ?? '';
  const { updateService, deleteService } = cloud.loadBalancers;
  await end(updateService(zone, balancerId, serviceId, { targetPort: 9090 }));
  await end(deleteService(zone, balancerId, serviceId));
  const told = events.filter((event) => 'targetPort' in event || event.type === 'rotation-changed');
  expect(told.map((event) => [event.type, 'targetPort' in event && event.targetPort])).toEqual([
    ['service-created', 8080],
    ['rotation-changed', false],
    ['service-updated', 9090],
    ['rotation-changed', false],
    ['service-deleted', 9090],
  ]);
  expect(cloud.loadBalancers.rotation(serviceId)).toEqual([]);
});

test('create() refuses what the quota does not grant', async () => {
  const { cloud } = await createPoolCloud({ quotas: { 'network-load-balancer': 0 } });
  const details = { name: 'lb', description: '', labels: {} };
  expect(() => cloud.loadBalancers.create(zone, details)).toThrow('Quota');
});
