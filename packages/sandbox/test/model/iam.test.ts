import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import type { Policy } from '../../src/model/policy.ts';
import { createPoolCloud, zone } from './pool-cloud.ts';

const readOnly: Policy = {
  'default-service-strategy': 'deny',
  services: {
    compute: {
      type: 'rules',
      rules: [{ action: 'allow', expression: "operation == 'get-quota'" }],
    },
  },
};

async function createKeys() {
  const sandbox = await createPoolCloud({ size: 0, admin: { key: 'EXOroot', secret: 'top' } });
  const role = sandbox.cloud.iam.addRole({ name: 'reader', policy: readOnly });
  return { ...sandbox, role, iam: sandbox.cloud.iam };
}

test('the admin may do everything and is not counted', async () => {
  const { iam } = await createKeys();
  expect(iam.secretOf('EXOroot')).toBe('top');
  expect(iam.allows('EXOroot', 'compute', 'delete-instance')).toBe(true);
  expect(iam.countKeys()).toEqual({ minted: 0, revoked: 0, live: 0 });
  expect(iam.listKeys()).toEqual([]);
  expect(iam.deleteKey('EXOroot')).toBe(false);
});

test('createKey() makes keys that may do what their role allows', async () => {
  const { iam, role } = await createKeys();
  const { key, secret } = iam.createKey('ci', role.id);
  expect(key).toMatch(/^EXO[0-9a-f]{24}$/);
  expect(iam.secretOf(key)).toBe(secret);
  expect(iam.allows(key, 'compute', 'get-quota')).toBe(true);
  expect(iam.allows(key, 'compute', 'delete-instance')).toBe(false);
  expect(iam.allows(key, 'sos', 'put-object')).toBe(false);
});

test('createKey() never makes the same key twice', async () => {
  const { iam, role } = await createKeys();
  const keys = Array.from({ length: 50 }, () => iam.createKey('ci', role.id));
  expect(new Set(keys.map(({ key }) => key)).size).toBe(50);
  expect(new Set(keys.map(({ secret }) => secret)).size).toBe(50);
});

test('createKey() refuses an unknown role', async () => {
  const { iam } = await createKeys();
  expect(() => iam.createKey('ci', 'nobody')).toThrow('not found');
});

test('deleteKey() ends a key once', async () => {
  const { iam, role } = await createKeys();
  const { key } = iam.createKey('ci', role.id);
  expect(iam.deleteKey(key)).toBe(true);
  expect(iam.deleteKey(key)).toBe(false);
  expect(iam.secretOf(key)).toBeUndefined();
  expect(iam.allows(key, 'compute', 'get-quota')).toBe(false);
  expect(iam.countKeys()).toEqual({ minted: 1, revoked: 1, live: 0 });
});

test('findRole() resolves a name and an id', async () => {
  const { iam, role } = await createKeys();
  expect(iam.findRole('reader')?.id).toBe(role.id);
  expect(iam.findRole(role.id)?.name).toBe('reader');
  expect(iam.findRole('writer')).toBeUndefined();
});

test('a role that still has keys, or belongs to the system, stays', async () => {
  const { iam, role, end } = await createKeys();
  const { key } = iam.createKey('ci', role.id);
  expect(() => iam.deleteRole(zone, role.id)).toThrow('still has API keys');
  iam.deleteKey(key);
  expect((await end(iam.deleteRole(zone, role.id))).state).toBe('success');
  const owner = iam.findRole('Owner')?.id ?? '';
  expect(() => iam.deleteRole(zone, owner)).toThrow('not editable');
});

test('updateRole() changes what its keys may do', async () => {
  const { iam, role, end } = await createKeys();
  const { key } = iam.createKey('ci', role.id);
  const policy: Policy = { 'default-service-strategy': 'allow', services: {} };
  await end(iam.updateRole(zone, role.id, { policy }));
  expect(iam.allows(key, 'compute', 'delete-instance')).toBe(true);
});

test('addRole() refuses a policy that it would have to guess at', async () => {
  const { iam } = await createKeys();
  const rules = [{ action: 'allow' as const, expression: 'size(resources) > 1' }];
  const policy: Policy = {
    'default-service-strategy': 'deny',
    services: { compute: { type: 'rules', rules } },
  };
  expect(() => iam.addRole({ name: 'x', policy })).toThrow('not understood');
});

test('no event, snapshot or listing shows a secret', async () => {
  const { cloud, iam, role, events } = await createKeys();
  const { key, secret } = iam.createKey('ci', role.id);
  iam.deleteKey(key);
  iam.createKey('ci-2', role.id);
  const shown = inspect([events, cloud.snapshot(), iam.listKeys(), cloud], { depth: 9 });
  expect(shown).toContain(key);
  expect(shown).not.toContain(secret);
});
