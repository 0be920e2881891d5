import { describe, expect, it } from 'vitest';
import { type RawPool, unexpectedChanges, updateBody } from '../src/pool-update.ts';
import { startApi } from './loopback-api.ts';
import { makeExoscale } from './make-exoscale.ts';
import { recorded } from './recorded.ts';

const before: RawPool = {
  id: 'p',
  name: 'web',
  size: 3,
  state: 'running',
  template: { id: 't1' },
  'instance-type': { id: 'y' },
  'security-groups': [{ id: 's1' }, { id: 's2' }],
  'private-networks': [{ id: 'n1', 'mac-address': '06:…' }],
  'ssh-key': { name: 'deploy', fingerprint: 'f' },
  'ssh-keys': [{ name: 'deploy' }],
  'user-data': 'I2Nsb3VkLWNvbmZpZw==',
  'min-available': 1,
  labels: { app: 'x', id: 'a label named like a reference' },
};

describe('updateBody()', () => {
  it('sends every field that Exoscale would clear otherwise, as references', () => {
    expect(updateBody(before, { templateId: 't2' })).toEqual({
      'anti-affinity-groups': [],
      'deploy-target': null,
      'elastic-ips': [],
      'private-networks': [{ id: 'n1' }],
      'security-groups': [{ id: 's1' }, { id: 's2' }],
      'ssh-key': { name: 'deploy' },
      'ssh-keys': [{ name: 'deploy' }],
      'min-available': 1,
      'user-data': 'I2Nsb3VkLWNvbmZpZw==',
      template: { id: 't2' },
    });
  });

  it('sends at least what Exoscale’s own client sends', () => {
    const [pool] = recorded['GET /instance-pool']['instance-pools'];
    const theirs = Object.keys(recorded['PUT /instance-pool/{id}']);
    expect(Object.keys(updateBody(pool ?? {}, { templateId: 't' }))).toEqual(
      expect.arrayContaining(theirs),
    );
  });

  it('sends empty labels as such: left out, they would stay', () => {
    expect(updateBody(before, { labels: {} })).toHaveProperty('labels', {});
  });
});

describe('unexpectedChanges()', () => {
  const asked = { templateId: 't2', labels: { app: 'y' } };
  const after: RawPool = { ...before, template: { id: 't2' }, labels: { app: 'y' } };

  it('is empty when all is as asked, whatever the order, the detail and the spelling of nothing', () => {
    const same: RawPool = {
      ...after,
      size: 4,
      state: 'updating',
      instances: [{ id: 'i' }],
      template: { id: 't2', name: 'whole', checksum: 'c' },
      'security-groups': [{ id: 's2', name: 'web' }, { id: 's1' }],
      'elastic-ips': [],
      'deploy-target': null,
    };
    expect(unexpectedChanges(before, same, asked)).toEqual([]);
  });

  it.each<[string, RawPool]>([
    ['security-groups', { 'security-groups': [{ id: 's1' }] }],
    ['security-groups', { 'security-groups': [] }],
    ['private-networks', { 'private-networks': null }],
    ['elastic-ips', { 'elastic-ips': [{ id: 'e' }] }],
    ['user-data', { 'user-data': 'b3RoZXI=' }],
    ['min-available', { 'min-available': 0 }],
    ['instance-type', { 'instance-type': { id: 'z' } }],
    ['ssh-key', { 'ssh-key': null }],
    ['template', { template: { id: 't1' } }],
    ['labels', { labels: { app: 'x' } }],
    ['labels', { labels: {} }],
    ['brand-new', { 'brand-new': true }],
  ])('names %s when it is %j afterwards', (name, change) => {
    expect(unexpectedChanges(before, { ...after, ...change }, asked)).toEqual([name]);
  });
});

describe('pools.update()', () => {
  const success = { body: { id: 'op', state: 'success' } };

  it('is one PUT, and reads until the change shows', async () => {
    const after = { ...before, template: { id: 't2' } };
    await using api = await startApi({
      'GET /instance-pool/p': [before, before, after].map((body) => ({ body })),
      'PUT /instance-pool/p': success,
    });
    const pool = await makeExoscale(api).pools.update('p', { templateId: 't2' });
    expect(pool.templateId).toBe('t2');
    expect(api.calls.map((call) => call.split(' ')[0])).toEqual(['GET', 'PUT', 'GET', 'GET']);
  });

  it('rejects when something else has changed as well, without saying what is in it', async () => {
    const after = {
      ...before,
      template: { id: 't2' },
      'user-data': 'c2VjcmV0',
      'security-groups': [],
    };
    await using api = await startApi({
      'GET /instance-pool/p': [{ body: before }, { body: after }],
      'PUT /instance-pool/p': success,
    });
    await expect(makeExoscale(api).pools.update('p', { templateId: 't2' })).rejects.toMatchObject({
      code: 'unexpected-change',
      message:
        'Cannot vouch for "PUT /instance-pool/{id}": after it, the pool is not as asked in security-groups, user-data',
    });
  });

  it('can make the changes from the pool as it is', async () => {
    await using api = await startApi({
      'GET /instance-pool/p': [
        { body: before },
        { body: { ...before, labels: { app: 'x', new: '1' } } },
      ],
      'PUT /instance-pool/p': success,
    });
    const pool = await makeExoscale(api).pools.update('p', ({ labels }) => ({
      labels: { app: labels.app ?? '', new: '1' },
    }));
    expect(pool.labels).toMatchObject({ app: 'x', new: '1' });
  });
});
