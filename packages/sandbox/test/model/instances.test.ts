import { expect, test } from 'vitest';
import type { Behaviour } from '../../src/virtual/behaviour.ts';
import { createPoolCloud, type PoolCloudOptions, poolDetails, zone } from './pool-cloud.ts';

async function createInstance(options: PoolCloudOptions = {}, own: Partial<Behaviour> = {}) {
  const sandbox = await createPoolCloud({ size: 1, ...options });
  const { cloud, addTemplate } = sandbox;
  const settings = poolDetails(cloud, addTemplate('smoke', own).id);
  const operation = cloud.instances.create(settings, { zone, name: 'smoke-1' });
  const id = operation.referenceId;
  return { ...sandbox, id, operation, instance: () => cloud.instances.get(zone, id) };
}

test('create() is visible at once, has an address, and runs when its operation succeeds', async () => {
  const { cloud, end, operation, instance } = await createInstance();
  expect(instance()).toMatchObject({ name: 'smoke-1', state: 'starting', isOn: false });
  expect(instance().address).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
  expect((await end(operation)).state).toBe('success');
  expect(instance()).toMatchObject({ state: 'running', isOn: true });
  expect(cloud.snapshot().instances).toMatchObject({ ever: 2, now: 2 });
});

test('create() refuses a template that is not in the zone', async () => {
  const { cloud } = await createPoolCloud();
  const template = cloud.templates.add({ name: 'elsewhere', zones: ['de-fra-1'] });
  const settings = poolDetails(cloud, template.id);
  expect(() => cloud.instances.create(settings, { zone, name: 'x' })).toThrow('not found');
});

test('create() refuses what the quota does not grant', async () => {
  const { cloud, template } = await createPoolCloud({ size: 2, quotas: { instance: 2 } });
  const settings = poolDetails(cloud, template.id);
  expect(() => cloud.instances.create(settings, { zone, name: 'x' })).toThrow('Quota');
});

test('delete() counts against the quota until the instance is gone', async () => {
  const { cloud, end, operation, id, time } = await createInstance();
  await end(operation);
  const deletion = cloud.instances.delete(zone, id);
  await time.advance(1_000);
  expect(cloud.instances.get(zone, id).state).toBe('destroying');
  expect(cloud.quotas.get('instance').usage).toBe(2);
  await end(deletion);
  expect(() => cloud.instances.get(zone, id)).toThrow('not found');
  expect(cloud.quotas.get('instance').usage).toBe(1);
});

test('delete() of an instance that still starts interrupts its creation', async () => {
  const { cloud, end, operation, id } = await createInstance();
  const deletion = cloud.instances.delete(zone, id);
  expect((await end(deletion)).state).toBe('success');
  expect(await end(operation)).toMatchObject({ state: 'failure', reason: 'interrupted' });
});

test('delete() refuses a protected instance', async () => {
  const { cloud, end, operation, id } = await createInstance();
  await end(operation);
  await end(cloud.instances.setProtection(zone, id, true));
  expect(() => cloud.instances.delete(zone, id)).toThrow('is protected');
  await end(cloud.instances.setProtection(zone, id, false));
  expect((await end(cloud.instances.delete(zone, id))).state).toBe('success');
});

test('stop() waits for the guest, which may take its time', async () => {
  const lame = { lameDuckMs: 5_000 };
  const { cloud, guests, end, operation, id, instance, time } = await createInstance({}, lame);
  await end(operation);
  await time.advance(10_000);
  const stop = cloud.instances.stop(zone, id);
  await time.advance(3_000);
  expect(instance()).toMatchObject({ state: 'stopping', isOn: true });
  expect([guests.accepts(id), guests.isHealthy(id)]).toEqual([true, false]);
  expect((await end(stop)).state).toBe('success');
  expect(instance()).toMatchObject({ state: 'stopped', isOn: false });
  expect(guests.accepts(id)).toBe(false);
});

test('stop() pulls the plug on a guest that ignores its power button', async () => {
  const deaf = { lameDuckMs: Number.POSITIVE_INFINITY };
  const { cloud, end, operation, id, instance, time } = await createInstance({}, deaf);
  await end(operation);
  const before = cloud.now().getTime();
  await end(cloud.instances.stop(zone, id));
  expect(instance().state).toBe('stopped');
  expect(cloud.now().getTime() - before).toBe(11_000);
  await time.advance(60_000);
  expect(instance().state).toBe('stopped');
});

test('stop() pulls the plug at once, by switch', async () => {
  const switches = { stopIsAcpi: false };
  const { cloud, end, operation, id } = await createInstance({ switches }, { lameDuckMs: 5_000 });
  await end(operation);
  const before = cloud.now().getTime();
  await end(cloud.instances.stop(zone, id));
  expect(cloud.now().getTime() - before).toBe(1_000);
});

test('start() brings a stopped instance back; only a stopped one', async () => {
  const { cloud, end, operation, id, instance } = await createInstance();
  await end(operation);
  expect(() => cloud.instances.start(zone, id)).toThrow('must be stopped: running');
  await end(cloud.instances.stop(zone, id));
  expect((await end(cloud.instances.start(zone, id))).state).toBe('success');
  expect(instance()).toMatchObject({ state: 'running', isOn: true });
});

test('reboot() ends with a running instance', async () => {
  const { cloud, end, operation, id, instance } = await createInstance();
  await end(operation);
  expect((await end(cloud.instances.reboot(zone, id))).state).toBe('success');
  expect(instance()).toMatchObject({ state: 'running', isOn: true });
});

test('an instance whose guest dies is stopped', async () => {
  const dying = { condition: { kind: 'dies', afterMs: 5_000 } } as const;
  const { end, operation, instance, time } = await createInstance({}, dying);
  await end(operation);
  await time.advance(20_000);
  expect(instance()).toMatchObject({ state: 'stopped', isOn: false });
});

test('list() filters by pool, address and labels', async () => {
  const { cloud, members, end, operation, id, instance, pool } = await createInstance();
  await end(operation);
  await end(cloud.instances.update(zone, id, { labels: { app: 'smoke' } }));
  const found = (filter: Parameters<typeof cloud.instances.list>[0]) =>
    cloud.instances.list(filter).map((one) => one.id);
  expect(found({ poolId: pool().id })).toEqual(members().map((one) => one.id));
  expect(found({ address: instance().address })).toEqual([id]);
  expect(found({ labels: { app: 'smoke' } })).toEqual([id]);
  expect(found({ zone: 'de-fra-1' })).toEqual([]);
});
