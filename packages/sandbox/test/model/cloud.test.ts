import { expect, test } from 'vitest';
import { createCloud } from '../../src/model/cloud.ts';
import { defaultSwitches } from '../../src/model/switches.ts';
import { createSimulatedCloud } from '../../src/virtual/simulated-cloud.ts';
import { createPoolCloud, zone } from './pool-cloud.ts';

test.each([
  [{ seeds: 'x' }, 'Unknown option of the cloud: "seeds"'],
  [{ latencies: { bootsMs: 1 } }, 'Unknown latency of the cloud: "bootsMs"'],
  [{ switches: { selfHeal: true } }, 'Unknown switch of the cloud: "selfHeal"'],
])('createCloud() refuses %o', (options, message) => {
  expect(() => createSimulatedCloud(options as object)).toThrow(new TypeError(message));
});

test.each([undefined, {}])('createCloud() names a part that %o lacks', (options) => {
  const missing = new TypeError('Missing option of the cloud: "scheduler"');
  expect(() => createCloud(options as never)).toThrow(missing);
});

test.each([-2, 0.5, Number.NaN])('createCloud() refuses a quota of %d', (instance) => {
  expect(() => createSimulatedCloud({ quotas: { instance } })).toThrow(RangeError);
});

test('createCloud() takes a quota of -1 for none', () => {
  const { cloud } = createSimulatedCloud({ quotas: { instance: -1 } });
  expect(cloud.quotas.get('instance').limit).toBe(-1);
});

test('createCloud() refuses to be nowhere', () => {
  expect(() => createSimulatedCloud({ zones: [] })).toThrow(RangeError);
});

test('createCloud() has zones, types, a public template and the default security group', () => {
  const { cloud } = createSimulatedCloud();
  expect(cloud.defaultZone).toBe('ch-gva-2');
  expect(cloud.catalog.zones).toContain('ch-dk-2');
  expect(cloud.catalog.instanceTypes.map(({ size }) => size)).toContain('tiny');
  expect(cloud.templates.list('ch-dk-2', { visibility: 'public' })).toHaveLength(1);
  expect(cloud.securityGroups.list().map(({ name }) => name)).toEqual(['default']);
  expect(cloud.switches).toEqual(defaultSwitches);
});

test('createCloud() makes the same ids from the same seed, others from another', () => {
  const [a, b, c] = ['one', 'one', 'two'].map((seed) => createSimulatedCloud({ seed }).cloud);
  expect(a?.catalog.instanceTypes).toEqual(b?.catalog.instanceTypes);
  expect(a?.catalog.instanceTypes[0]?.id).not.toBe(c?.catalog.instanceTypes[0]?.id);
});

test('createCloud() ends an operation at once where it takes no time', () => {
  const { cloud } = createSimulatedCloud({ latencies: { operationMs: 0 } });
  expect(cloud.securityGroups.create(zone, 'web', '').state).toBe('success');
});

test('snapshot() counts what is there and what has ever been', async () => {
  const sandbox = await createPoolCloud({ size: 2 });
  const serviceId = await sandbox.balance();
  const { cloud, template, members, pool } = sandbox;
  await sandbox.time.advance(30_000);
  await sandbox.end(cloud.pools.evict(zone, pool().id, [members()[0]?.id ?? '']));
  await sandbox.rest();
  const [survivor] = members();
  expect(cloud.snapshot()).toMatchObject({
    instances: { ever: 2, now: 1, byTemplate: { [template.id]: 1 } },
    templates: { ever: 1, now: 1 },
    pools: [{ name: 'web', size: 1, state: 'running', members: [{ id: survivor?.id }] }],
    services: [{ id: serviceId, rotation: [survivor?.id], serving: [survivor?.id] }],
  });
});

test('subscribe() can be ended', async () => {
  const { cloud } = await createPoolCloud();
  const seen: string[] = [];
  const unsubscribe = cloud.subscribe(({ type }) => seen.push(type));
  cloud.templates.add({ name: 'one' });
  unsubscribe();
  cloud.templates.add({ name: 'two' });
  expect(seen).toEqual(['template-registered']);
});

test('close() pulls every plug and lets nothing happen any more', async () => {
  const { cloud, members, guests, events, time, pool } = await createPoolCloud({ size: 2 });
  await time.advance(10_000);
  cloud.pools.scale(zone, pool().id, 3);
  const [member = ''] = members().map(({ id }) => id);
  expect(guests.accepts(member)).toBe(true);
  cloud.close();
  const before = events.length;
  expect(guests.accepts(member)).toBe(false);
  await time.advance(600_000);
  expect(events).toHaveLength(before);
  expect(members()).toHaveLength(2);
});
