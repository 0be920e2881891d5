import { expect, test } from 'vitest';
import type { CloudEvent } from '../../src/model/events.ts';
import { createPoolCloud, type PoolCloud, zone } from './pool-cloud.ts';

const ids = (members: readonly { readonly id: string }[]) => members.map(({ id }) => id);

function poolStates(events: readonly CloudEvent[]): readonly string[] {
  return events.filter((event) => event.type === 'pool-changed').map(({ state }) => state);
}

async function replaceTemplate(sandbox: PoolCloud): Promise<string> {
  const { cloud, pool, addTemplate } = sandbox;
  const { id: templateId } = addTemplate('second');
  await sandbox.end(cloud.pools.update(zone, pool().id, { templateId }));
  await sandbox.rest();
  return templateId;
}

test('create() gives the pool its members, named after the prefix, with its labels', async () => {
  const { pool, members, template, events } = await createPoolCloud({ size: 3 });
  expect(pool()).toMatchObject({ size: 3, state: 'running' });
  expect(members()).toHaveLength(3);
  for (const member of members()) {
    expect(member.name).toMatch(/^web-[0-9a-z]{5}$/);
    expect(member).toMatchObject({ state: 'running', templateId: template.id });
    expect(member.labels).toEqual({ app: 'hello' });
  }
  expect(poolStates(events)).toEqual(['creating', 'running']);
});

test('create() gives members no labels, by switch', async () => {
  const { members } = await createPoolCloud({ switches: { membersInheritLabels: false } });
  expect(members()[0]?.labels).toEqual({});
});

test('update() changes the template of new members only', async () => {
  const sandbox = await createPoolCloud({ size: 2 });
  const { cloud, pool, members, template } = sandbox;
  const templateId = await replaceTemplate(sandbox);
  expect(members().map((member) => member.templateId)).toEqual([template.id, template.id]);
  await sandbox.end(cloud.pools.scale(zone, pool().id, 3));
  expect(members().map((member) => member.templateId)).toEqual([
    template.id,
    template.id,
    templateId,
  ]);
});

test('update() shows the change when its operation has ended, not before', async () => {
  const { cloud, pool, addTemplate, template, end } = await createPoolCloud();
  const { id: templateId } = addTemplate('second');
  const operation = cloud.pools.update(zone, pool().id, { templateId });
  expect(pool()).toMatchObject({ state: 'updating', templateId: template.id });
  await end(operation);
  expect(pool()).toMatchObject({ state: 'running', templateId });
});

test('scale() ends its operation before the new members run', async () => {
  const { cloud, pool, members, end, rest } = await createPoolCloud({ size: 1 });
  const operation = await end(cloud.pools.scale(zone, pool().id, 3));
  expect(operation.state).toBe('success');
  expect(pool().state).toBe('scaling-up');
  expect(members().map(({ state }) => state)).toEqual(['running', 'starting', 'starting']);
  await rest();
  expect(members().map(({ state }) => state)).toEqual(['running', 'running', 'running']);
});

test.each([
  ['oldest' as const, [2, 3]],
  ['newest' as const, [0, 1]],
])('scale() down removes the %s members, by switch', async (scaleDownVictims, survivors) => {
  const sandbox = await createPoolCloud({ size: 4, switches: { scaleDownVictims } });
  const { cloud, pool, members } = sandbox;
  const before = ids(members());
  await sandbox.end(cloud.pools.scale(zone, pool().id, 2));
  await sandbox.rest();
  expect(ids(members())).toEqual(survivors.map((index) => before[index]));
});

test('scale() down at random depends on the seed', async () => {
  const survivors = new Set<string>();
  for (let seed = 0; seed < 12; seed += 1) {
    const sandbox = await createPoolCloud({ size: 4, seed: `${seed}` });
    const { cloud, pool, members } = sandbox;
    const before = ids(members());
    await sandbox.end(cloud.pools.scale(zone, pool().id, 3));
    await sandbox.rest();
    survivors.add(
      ids(members())
        .map((id) => before.indexOf(id))
        .join(),
    );
  }
  expect(survivors.size).toBeGreaterThan(1);
});

test('evict() deletes exactly these members and lowers the size', async () => {
  const sandbox = await createPoolCloud({ size: 3 });
  const { cloud, pool, members } = sandbox;
  const [first, second, third] = ids(members());
  await sandbox.end(cloud.pools.evict(zone, pool().id, [first ?? '', third ?? '']));
  expect(pool()).toMatchObject({ size: 1, state: 'scaling-down' });
  await sandbox.rest();
  await sandbox.time.advance(60_000);
  expect(ids(members())).toEqual([second]);
  expect(pool().size).toBe(1);
});

test('evict() refuses whoever is no member', async () => {
  const { cloud, pool } = await createPoolCloud();
  expect(() => cloud.pools.evict(zone, pool().id, ['nobody'])).toThrow('not found');
  expect(pool().state).toBe('running');
});

test.each(['allowed', 'conflict'] as const)(
  'evict() of a protected member is %s, by switch',
  async (evictOfProtectedMember) => {
    const sandbox = await createPoolCloud({ size: 1, switches: { evictOfProtectedMember } });
    const { cloud, pool } = sandbox;
    const [member = ''] = ids(sandbox.members());
    await sandbox.end(cloud.instances.setProtection(zone, member, true));
    const evict = () => cloud.pools.evict(zone, pool().id, [member]);
    if (evictOfProtectedMember === 'conflict') expect(evict).toThrow('is protected');
    else expect((await sandbox.end(evict())).state).toBe('success');
  },
);

test.each(['allowed', 'conflict'] as const)(
  'evict() and scale() below min-available are %s, by switch',
  async (belowMinAvailable) => {
    const sandbox = await createPoolCloud({ size: 3, switches: { belowMinAvailable } });
    const { cloud, pool } = sandbox;
    await sandbox.end(cloud.pools.update(zone, pool().id, { minAvailable: 2 }));
    const [first = '', second = ''] = ids(sandbox.members());
    const evictTwo = () => cloud.pools.evict(zone, pool().id, [first, second]);
    const shrink = () => cloud.pools.scale(zone, pool().id, 1);
    if (belowMinAvailable === 'allowed') {
      expect((await sandbox.end(evictTwo())).state).toBe('success');
      return;
    }
    expect(evictTwo).toThrow('must keep 2 members running: 1 would be left');
    expect(shrink).toThrow('must keep 2 members running: 1 would be left');
    expect((await sandbox.end(cloud.pools.evict(zone, pool().id, [first]))).state).toBe('success');
  },
);

test('evict() of who is off takes nothing from min-available', async () => {
  const sandbox = await createPoolCloud({ size: 2 });
  const { cloud, pool } = sandbox;
  await sandbox.end(cloud.pools.update(zone, pool().id, { minAvailable: 2 }));
  const [member = ''] = ids(sandbox.members());
  await sandbox.end(cloud.instances.stop(zone, member));
  expect((await sandbox.end(cloud.pools.evict(zone, pool().id, [member]))).state).toBe('success');
});

test.each(['allowed', 'conflict'] as const)(
  'evict() of a stopped member is %s, by switch',
  async (evictOfStoppedMember) => {
    const sandbox = await createPoolCloud({ switches: { evictOfStoppedMember } });
    const { cloud, pool } = sandbox;
    const [member = ''] = ids(sandbox.members());
    await sandbox.end(cloud.instances.stop(zone, member));
    const evict = () => cloud.pools.evict(zone, pool().id, [member]);
    if (evictOfStoppedMember === 'conflict') expect(evict).toThrow('not running: stopped');
    else expect((await sandbox.end(evict())).state).toBe('success');
  },
);

test('a busy pool refuses another change', async () => {
  const { cloud, pool, members } = await createPoolCloud();
  cloud.pools.scale(zone, pool().id, 4);
  expect(() => cloud.pools.scale(zone, pool().id, 5)).toThrow('busy: scaling-up');
  expect(() => cloud.pools.evict(zone, pool().id, [members()[0]?.id ?? ''])).toThrow('busy');
});

test('a busy pool accepts another change and fails it, by switch', async () => {
  const sandbox = await createPoolCloud({ switches: { overlappingOperation: 'failure' } });
  const { cloud, pool } = sandbox;
  const first = cloud.pools.scale(zone, pool().id, 4);
  const second = await sandbox.end(cloud.pools.scale(zone, pool().id, 5));
  expect(second).toMatchObject({ state: 'failure', reason: 'busy' });
  expect((await sandbox.end(first)).state).toBe('success');
  expect(pool().size).toBe(4);
});

test('a busy pool takes changes in turn, by switch', async () => {
  const sandbox = await createPoolCloud({ size: 1, switches: { overlappingOperation: 'queue' } });
  const { cloud, pool, members } = sandbox;
  const operations = [2, 5, 3].map((size) => cloud.pools.scale(zone, pool().id, size));
  for (const operation of operations) {
    expect((await sandbox.end(operation)).state).toBe('success');
  }
  await sandbox.rest();
  expect(pool().size).toBe(3);
  expect(members()).toHaveLength(3);
});

test('a pool replaces a member that was deleted behind its back, with its present template', async () => {
  const sandbox = await createPoolCloud({ size: 2 });
  const { cloud, members, pool } = sandbox;
  const templateId = await replaceTemplate(sandbox);
  await sandbox.end(cloud.instances.delete(zone, members()[0]?.id ?? ''));
  expect(members()).toHaveLength(1);
  await sandbox.time.advance(10_000);
  expect(members()).toHaveLength(2);
  expect(members()[1]?.templateId).toBe(templateId);
  expect(pool()).toMatchObject({ size: 2, state: 'running' });
});

test('a pool leaves the gap of a deleted member, by switch', async () => {
  const sandbox = await createPoolCloud({ size: 2, switches: { selfHealOnDelete: false } });
  const { cloud, members, pool } = sandbox;
  await sandbox.end(cloud.instances.delete(zone, members()[0]?.id ?? ''));
  await sandbox.time.advance(60_000);
  expect(members()).toHaveLength(1);
  expect(pool()).toMatchObject({ size: 2, state: 'running' });
});

test.each([
  [true, 2],
  [false, 0],
])('a pool replaces members that die by themselves: %s', async (selfHealOnExit, replaced) => {
  const sandbox = await createPoolCloud({
    size: 2,
    switches: { selfHealOnExit },
    guest: { condition: { kind: 'dies', afterMs: 20_000 } },
  });
  const before = ids(sandbox.members());
  await sandbox.time.advance(40_000);
  const after = ids(sandbox.members());
  expect(after).toHaveLength(2);
  expect(after.filter((id) => !before.includes(id))).toHaveLength(replaced);
});

test.each([
  [true, false],
  [false, true],
])(
  'a pool replaces members that are stopped through the API: %s',
  async (selfHealOnStop, stays) => {
    const sandbox = await createPoolCloud({ size: 2, switches: { selfHealOnStop } });
    const [member = ''] = ids(sandbox.members());
    await sandbox.end(sandbox.cloud.instances.stop(zone, member));
    await sandbox.time.advance(60_000);
    expect(sandbox.members()).toHaveLength(2);
    expect(ids(sandbox.members()).includes(member)).toBe(stays);
  },
);

test('a member that was started again in time is not replaced for that stop later', async () => {
  const sandbox = await createPoolCloud({
    size: 2,
    switches: { selfHealOnStop: true, selfHealOnExit: false },
    guest: { condition: { kind: 'dies', afterMs: 30_000 } },
  });
  const { cloud, members, time } = sandbox;
  const [restarted = '', deleted = ''] = ids(members());
  await sandbox.end(cloud.instances.stop(zone, restarted));
  await sandbox.end(cloud.instances.start(zone, restarted));
  await time.advance(60_000);
  expect(members()[0]).toMatchObject({ id: restarted, state: 'stopped' });
  await sandbox.end(cloud.instances.delete(zone, deleted));
  await time.advance(20_000);
  expect(ids(members())).toContain(restarted);
  expect(members()).toHaveLength(2);
});

test('scale() beyond the quota is refused', async () => {
  const { cloud, pool } = await createPoolCloud({ size: 3, quotas: { instance: 4 } });
  expect(() => cloud.pools.scale(zone, pool().id, 5)).toThrow('Quota of "instance" exceeded');
  expect(pool().state).toBe('running');
});

test('scale() beyond the quota is accepted and fails, by switch', async () => {
  const switches = { quotaExceeded: 'failure' as const };
  const sandbox = await createPoolCloud({ size: 3, quotas: { instance: 4 }, switches });
  const operation = await sandbox.end(sandbox.cloud.pools.scale(zone, sandbox.pool().id, 5));
  expect(operation).toMatchObject({ state: 'failure', reason: 'forbidden' });
  expect(sandbox.pool()).toMatchObject({ size: 3, state: 'running' });
});

test('scale() beyond the quota gives what fits, by switch', async () => {
  const switches = { quotaExceeded: 'partial' as const };
  const sandbox = await createPoolCloud({ size: 3, quotas: { instance: 4 }, switches });
  const operation = await sandbox.end(sandbox.cloud.pools.scale(zone, sandbox.pool().id, 6));
  expect(operation).toMatchObject({ state: 'failure', reason: 'partial' });
  await sandbox.rest();
  expect(sandbox.pool()).toMatchObject({ size: 4, state: 'running' });
  expect(sandbox.members()).toHaveLength(4);
});

test('a member that could not be replaced for want of room is replaced when there is some', async () => {
  const sandbox = await createPoolCloud({ size: 2, quotas: { instance: 2 } });
  const { cloud, members, pool } = sandbox;
  cloud.quotas.setLimit('instance', 1);
  await sandbox.end(cloud.instances.delete(zone, members()[0]?.id ?? ''));
  await sandbox.time.advance(60_000);
  expect(members()).toHaveLength(1);
  expect(pool()).toMatchObject({ size: 2, state: 'running' });
  cloud.quotas.setLimit('instance', 2);
  await sandbox.time.advance(60_000);
  expect(members()).toHaveLength(2);
});

test('delete() removes the pool with all its members', async () => {
  const sandbox = await createPoolCloud({ size: 2 });
  const { cloud, pool, end } = sandbox;
  const { id } = pool();
  expect((await end(cloud.pools.delete(zone, id))).state).toBe('success');
  expect(cloud.snapshot().instances.now).toBe(0);
  expect(() => cloud.pools.get(zone, id)).toThrow('not found');
});

test('delete() refuses a pool behind a load balancer', async () => {
  const sandbox = await createPoolCloud();
  await sandbox.balance();
  const { cloud, pool } = sandbox;
  expect(() => cloud.pools.delete(zone, pool().id)).toThrow('used by a load balancer');
});

test.each([
  [{ effect: 'none' as const }, 3, 'failure'],
  [{ effect: 'full' as const }, 4, 'failure'],
  [{ state: 'timeout' as const }, 3, 'timeout'],
])('an injected failure %o of scale() leaves the pool usable', async (fault, size, state) => {
  const sandbox = await createPoolCloud();
  const { cloud, pool } = sandbox;
  const match = { operation: 'scale-instance-pool' };
  cloud.faults.add({ kind: 'operation-failure', match, reason: 'busy', ...fault });
  const operation = await sandbox.end(cloud.pools.scale(zone, pool().id, 4));
  expect(operation).toMatchObject({ state, reason: 'busy' });
  await sandbox.rest();
  expect(pool()).toMatchObject({ size, state: 'running' });
});

test('an operation that never ends keeps its pool busy', async () => {
  const sandbox = await createPoolCloud();
  const { cloud, pool, time } = sandbox;
  const match = { operation: 'update-instance-pool' };
  cloud.faults.add({ kind: 'operation-failure', match, state: 'pending' });
  const { id } = cloud.pools.update(zone, pool().id, { name: 'other' });
  await time.advance(3_600_000);
  expect(cloud.operations.get(id).state).toBe('pending');
  expect(pool().state).toBe('updating');
});
