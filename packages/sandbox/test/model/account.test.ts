import { expect, test } from 'vitest';
import { createAudit } from '../../src/model/audit.ts';
import { createPoolCloud, zone } from './pool-cloud.ts';

test('security groups get and lose rules', async () => {
  const { cloud, end } = await createPoolCloud({ size: 0 });
  const { securityGroups } = cloud;
  const { referenceId: id } = await end(securityGroups.create(zone, 'web', 'front'));
  const rule = { direction: 'ingress', protocol: 'tcp', startPort: 80, endPort: 80 } as const;
  await end(securityGroups.addRule(zone, id, rule));
  const [added] = securityGroups.get(id).rules;
  expect(added).toMatchObject(rule);
  await end(securityGroups.deleteRule(zone, id, added?.id ?? ''));
  expect(securityGroups.get(id).rules).toEqual([]);
  await end(securityGroups.delete(zone, id));
  expect(() => securityGroups.get(id)).toThrow('not found');
});

test('a security group has a name of its own and stays while it is used', async () => {
  const { cloud } = await createPoolCloud({ size: 1 });
  expect(() => cloud.securityGroups.create(zone, 'default', '')).toThrow('already exists');
  const [group] = cloud.securityGroups.list();
  expect(() => cloud.securityGroups.delete(zone, group?.id ?? '')).toThrow('is in use');
});

test('SSH keys show the MD5 fingerprint of their blob', async () => {
  const { cloud, end } = await createPoolCloud({ size: 0 });
  const { sshKeys } = cloud;
  await end(sshKeys.register(zone, 'deploy', 'ssh-ed25519 AAAA me@here\n'));
  // md5 of three zero bytes
  const fingerprint = '69:3e:9a:f8:4d:3d:fc:c7:1e:64:0e:00:5b:dc:5e:2e';
  expect(sshKeys.list()).toEqual([expect.objectContaining({ name: 'deploy', fingerprint })]);
  expect(() => sshKeys.register(zone, 'deploy', 'ssh-ed25519 AAAA')).toThrow('already exists');
  await end(sshKeys.delete(zone, 'deploy'));
  expect(() => sshKeys.get('deploy')).toThrow('not found');
});

test('quotas say what is used and what is left', async () => {
  const { cloud } = await createPoolCloud({ size: 3, quotas: { instance: 4, template: -1 } });
  expect(cloud.quotas.get('instance')).toEqual({ resource: 'instance', usage: 3, limit: 4 });
  expect(cloud.quotas.available('instance')).toBe(1);
  expect(cloud.quotas.available('template')).toBe(Number.POSITIVE_INFINITY);
  cloud.quotas.setLimit('instance', 2);
  expect(cloud.quotas.available('instance')).toBe(0);
  expect(() => cloud.quotas.get('unicorn')).toThrow('not found');
});

test('the audit lists newest first, within a period', () => {
  const audit = createAudit();
  const at = (second: number) => new Date(1_000 * second);
  for (const second of [1, 2, 3]) {
    const rest = { operation: 'x', uri: '/v2/x', status: 200, key: 'K', sourceAddress: '::1' };
    audit.add({ requestId: `${second}`, at: at(second), zone, ...rest });
  }
  const ids = (period: Parameters<typeof audit.list>[0]) =>
    audit.list(period).map(({ requestId }) => requestId);
  expect(ids({})).toEqual(['3', '2', '1']);
  expect(ids({ from: at(2) })).toEqual(['3', '2']);
  expect(ids({ from: at(2), to: at(2) })).toEqual(['2']);
});
