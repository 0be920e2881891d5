import { describe, expect, it } from 'vitest';
import { type Answer, startApi } from './loopback-api.ts';
import { makeExoscale } from './make-exoscale.ts';
import { recorded } from './recorded.ts';

const poolId = 'f0000000-0000-4000-8000-000000000001';
const answer = (name: string): Answer => ({ body: recorded[name] });
const done = { body: { id: 'op', state: 'success', reference: { id: 'new' } } };

describe('a recorded answer', () => {
  it('reads as instances', async () => {
    await using api = await startApi({ 'GET /instance': answer('GET /instance') });
    const [first] = await makeExoscale(api).instances.list();
    expect(first).toMatchInlineSnapshot(`
      {
        "createdAt": 2026-01-02T03:04:05.000Z,
        "id": "a0000000-0000-4000-8000-000000000001",
        "instanceTypeId": "b0000000-0000-4000-8000-000000000001",
        "labels": {},
        "managerId": "f0000000-0000-4000-8000-000000000001",
        "name": "web-1",
        "publicIp": "203.0.113.10",
        "securityGroupIds": [
          "d0000000-0000-4000-8000-000000000001",
        ],
        "state": "running",
        "templateId": "c0000000-0000-4000-8000-000000000001",
      }
    `);
  });

  it('reads as one instance', async () => {
    await using api = await startApi({ 'GET /instance/i': answer('GET /instance/{id}') });
    expect(await makeExoscale(api).instances.get('i')).toMatchObject({
      name: 'web-1',
      publicIp: '203.0.113.10',
      createdAt: new Date('2026-01-02T03:04:05Z'),
      managerId: poolId,
    });
  });

  it('reads as pools', async () => {
    await using api = await startApi({ 'GET /instance-pool': answer('GET /instance-pool') });
    expect(await makeExoscale(api).pools.findByName('web')).toMatchInlineSnapshot(`
      {
        "id": "f0000000-0000-4000-8000-000000000001",
        "instanceTypeId": "b0000000-0000-4000-8000-000000000001",
        "labels": {
          "app": "x",
        },
        "managerType": undefined,
        "memberIds": [
          "a0000000-0000-4000-8000-000000000001",
          "a0000000-0000-4000-8000-000000000002",
        ],
        "minAvailable": 1,
        "name": "web",
        "securityGroupIds": [
          "d0000000-0000-4000-8000-000000000002",
        ],
        "size": 2,
        "state": "running",
        "templateId": "c0000000-0000-4000-8000-000000000001",
      }
    `);
  });

  it('reads as templates', async () => {
    await using api = await startApi({ 'GET /template': answer('GET /template') });
    expect(await makeExoscale(api).templates.newestByName('my-image')).toMatchInlineSnapshot(`
      {
        "bootMode": "legacy",
        "build": undefined,
        "checksum": "d41d8cd98f00b204e9800998ecf8427e",
        "createdAt": 2026-01-02T03:04:05.000Z,
        "defaultUser": "debian",
        "description": "mine",
        "family": undefined,
        "id": "c0000000-0000-4000-8000-000000000002",
        "name": "my-image",
        "sizeBytes": 10737418240,
        "version": undefined,
        "visibility": "private",
      }
    `);
    expect(api.calls).toEqual(['GET /template?visibility=private']);
  });

  it('reads as instance types, found by family and size or by size alone', async () => {
    await using api = await startApi({ 'GET /instance-type': answer('GET /instance-type') });
    const { instanceTypes } = makeExoscale(api);
    expect(await instanceTypes.find('standard.medium')).toMatchObject({
      cpus: 2,
      memoryBytes: 2 ** 32,
    });
    expect(await instanceTypes.find('medium')).toMatchObject({ family: 'standard' });
    expect(await instanceTypes.find('gpu2.small')).toMatchObject({ isAuthorized: false });
    expect(await instanceTypes.find('standard.huge')).toBeUndefined();
  });

  it('reads as security groups', async () => {
    await using api = await startApi({ 'GET /security-group': answer('GET /security-group') });
    const group = await makeExoscale(api).securityGroups.findByName('web');
    expect(group?.rules[0]).toMatchObject({
      direction: 'ingress',
      protocol: 'tcp',
      startPort: 443,
    });
  });

  it('reads as load balancers with their members’ health', async () => {
    await using api = await startApi({ 'GET /load-balancer': answer('GET /load-balancer') });
    const [balancer] = await makeExoscale(api).loadBalancers.list();
    expect(balancer?.services).toMatchInlineSnapshot(`
      [
        {
          "health": [
            {
              "publicIp": "203.0.113.10",
              "status": "success",
            },
            {
              "publicIp": "203.0.113.11",
              "status": "failure",
            },
          ],
          "healthCheck": {
            "intervalMs": 10000,
            "mode": "http",
            "port": 8080,
            "retries": 1,
            "timeoutMs": 5000,
            "uri": "/healthz",
          },
          "id": "90000000-0000-4000-8000-000000000011",
          "name": "https",
          "poolId": "f0000000-0000-4000-8000-000000000001",
          "port": 443,
          "protocol": "tcp",
          "state": "running",
          "targetPort": 8443,
        },
      ]
    `);
  });

  it('reads as quotas', async () => {
    await using api = await startApi({ 'GET /quota': answer('GET /quota') });
    const quotas = await makeExoscale(api).quotas.list();
    expect(quotas).toContainEqual({ resource: 'instance', usage: 3, limit: 50 });
    expect(quotas).toContainEqual({
      resource: 'iam-key',
      usage: 1,
      limit: Number.POSITIVE_INFINITY,
    });
  });
});

describe('a list', () => {
  it('of members is one call, and leaves out what the server should have left out', async () => {
    await using api = await startApi({ 'GET /instance': answer('GET /instance') });
    const members = await makeExoscale(api).pools.members(poolId);
    expect(members.map((member) => member.name)).toEqual(['web-1', 'web-2']);
    expect(api.calls).toEqual([`GET /instance?manager-id=${poolId}&manager-type=instance-pool`]);
  });

  it('by labels needs all of them', async () => {
    const instances = [
      { id: '1', name: 'a', state: 'running', labels: { job: '7', by: 'ci' } },
      { id: '2', name: 'b', state: 'running', labels: { job: '7' } },
      { id: '3', name: 'c', state: 'running', labels: null },
    ];
    await using api = await startApi({ 'GET /instance': { body: { instances } } });
    const found = await makeExoscale(api).instances.list({ labels: { job: '7', by: 'ci' } });
    expect(found.map((instance) => instance.id)).toEqual(['1']);
  });

  it.each([
    ['pools', 'GET /instance-pool', 'instance-pools'],
    ['securityGroups', 'GET /security-group', 'security-groups'],
  ] as const)('of %s refuses to choose between two of one name', async (resource, call, key) => {
    const two = ['1', '2'].map((id) => ({
      id,
      name: 'web',
      size: 1,
      state: 'running',
      template: { id: 't' },
    }));
    await using api = await startApi({ [call]: { body: { [key]: two } } });
    const exoscale = makeExoscale(api);
    await expect(exoscale[resource].findByName('web')).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('(1, 2)'),
    });
    expect(await exoscale[resource].findByName('else')).toBeUndefined();
  });

  it('picks the template that was made last', async () => {
    const templates = [
      { id: 'old', name: 'app', 'created-at': '2026-01-01T00:00:00Z' },
      { id: 'new', name: 'app', 'created-at': '2026-01-02T00:00:00+02:00' },
      { id: 'undated', name: 'app' },
    ];
    await using api = await startApi({ 'GET /template': { body: { templates } } });
    expect((await makeExoscale(api).templates.newestByName('app'))?.id).toBe('new');
  });
});

describe('a bad shape', () => {
  it.each<[object, string]>([
    [{}, '"instances" is not present'],
    [{ instances: null }, '"instances" is not present'],
    [{ instances: {} }, '"instances" is not a list'],
    [{ instances: ['x'] }, '"instances[0]" is not an object'],
    [{ instances: [{ name: 'n', state: 's' }] }, '"instances[0].id" is not present'],
    [{ instances: [{ id: 7, name: 'n', state: 's' }] }, '"instances[0].id" is not a string'],
    [
      { instances: [{ id: 'i', name: 'n', state: 's', 'created-at': '2026-01-02 03:04:05' }] },
      '"instances[0].created-at" is not a date',
    ],
    [
      { instances: [{ id: 'i', name: 'n', state: 's', template: 'x' }] },
      '"instances[0].template" is not an object',
    ],
    [
      { instances: [{ id: 'i', name: 'n', state: 's', labels: { a: 1 } }] },
      '"instances[0].labels" is not all strings',
    ],
  ])('%j is an invalid response that names the field', async (body, why) => {
    await using api = await startApi({ 'GET /instance': { body } });
    await expect(makeExoscale(api).instances.list()).rejects.toMatchObject({
      code: 'invalid-response',
      call: 'GET /instance',
      message: expect.stringContaining(why),
    });
  });

  it.each([null, ''])('but a public address of %j is simply none', async (address) => {
    const instance = { id: 'i', name: 'n', state: 'running', 'public-ip': address };
    await using api = await startApi({ 'GET /instance/i': { body: instance } });
    expect((await makeExoscale(api).instances.get('i')).publicIp).toBeUndefined();
  });
});

describe('a request', () => {
  it('to create an instance names everything as the API does', async () => {
    await using api = await startApi({ 'POST /instance': done });
    await makeExoscale(api).instances.create({
      name: 'n',
      templateId: 't',
      instanceTypeId: 'y',
      diskSizeGib: 10,
      securityGroupIds: ['s'],
      sshKeyNames: ['k'],
      labels: { a: 'b' },
      publicIpAssignment: 'inet4',
      userData: '#cloud-config',
    });
    expect(JSON.parse(api.received[0]?.body ?? '')).toEqual({
      name: 'n',
      template: { id: 't' },
      'instance-type': { id: 'y' },
      'disk-size': 10,
      'security-groups': [{ id: 's' }],
      'ssh-keys': [{ name: 'k' }],
      labels: { a: 'b' },
      'public-ip-assignment': 'inet4',
      'user-data': 'I2Nsb3VkLWNvbmZpZw==',
    });
  });

  it('to create a pool, a template, a load balancer, a service, a group or a rule is one POST', async () => {
    await using api = await startApi({
      'POST /instance-pool': done,
      'POST /template': done,
      'POST /load-balancer': done,
      'POST /load-balancer/l/service': done,
      'POST /security-group': done,
      'POST /security-group/g/rules': done,
    });
    const exoscale = makeExoscale(api);
    const common = { name: 'n', templateId: 't', instanceTypeId: 'y', diskSizeGib: 10 };
    await exoscale.pools.create({ ...common, size: 2, minAvailable: 1, instancePrefix: 'web' });
    await exoscale.templates.register({
      name: 'n',
      url: 'https://x',
      checksum: 'c',
      bootMode: 'uefi',
    });
    await exoscale.loadBalancers.create({ name: 'n' });
    const healthCheck = {
      mode: 'http',
      port: 8080,
      uri: '/health',
      intervalMs: 10_000,
      timeoutMs: 5_000,
      retries: 2,
    } as const;
    await exoscale.loadBalancers.addService('l', {
      name: 'n',
      poolId: 'p',
      port: 80,
      targetPort: 8080,
      healthCheck,
    });
    await exoscale.securityGroups.create({ name: 'n' });
    const web = {
      direction: 'ingress',
      protocol: 'tcp',
      network: '0.0.0.0/0',
      startPort: 80,
      endPort: 80,
    } as const;
    await exoscale.securityGroups.addRule('g', web);
    expect(api.received.map((call) => JSON.parse(call.body))).toMatchInlineSnapshot(`
      [
        {
          "disk-size": 10,
          "instance-prefix": "web",
          "instance-type": {
            "id": "y",
          },
          "min-available": 1,
          "name": "n",
          "size": 2,
          "template": {
            "id": "t",
          },
        },
        {
          "boot-mode": "uefi",
          "checksum": "c",
          "name": "n",
          "password-enabled": false,
          "ssh-key-enabled": true,
          "url": "https://x",
        },
        {
          "name": "n",
        },
        {
          "healthcheck": {
            "interval": 10,
            "mode": "http",
            "port": 8080,
            "retries": 2,
            "timeout": 5,
            "uri": "/health",
          },
          "instance-pool": {
            "id": "p",
          },
          "name": "n",
          "port": 80,
          "protocol": "tcp",
          "strategy": "round-robin",
          "target-port": 8080,
        },
        {
          "name": "n",
        },
        {
          "end-port": 80,
          "flow-direction": "ingress",
          "network": "0.0.0.0/0",
          "protocol": "tcp",
          "start-port": 80,
        },
      ]
    `);
  });

  it('with an unknown key is refused before anything is sent', async () => {
    await using api = await startApi({});
    const request = { name: 'n', templateId: 't', instanceTypeId: 'y', diskSizeGib: 10, zone: 'z' };
    await expect(makeExoscale(api).instances.create(request)).rejects.toThrow(
      'Unknown option "zone"',
    );
    expect(api.calls).toEqual([]);
  });

  it('with user data that is too long is refused', async () => {
    await using api = await startApi({});
    const request = {
      name: 'n',
      templateId: 't',
      instanceTypeId: 'y',
      diskSizeGib: 10,
      userData: 'x'.repeat(24_577),
    };
    await expect(makeExoscale(api).instances.create(request)).rejects.toThrow(RangeError);
  });

  it('to delete what is gone succeeds', async () => {
    await using api = await startApi({
      'DELETE /instance/a': { status: 404 },
      'DELETE /instance/b': { body: { id: 'op', state: 'failure', reason: 'not-found' } },
      'DELETE /instance/c': ['cut', { status: 404 }],
    });
    const { instances } = makeExoscale(api);
    await Promise.all(['a', 'b', 'c'].map((id) => instances.delete(id)));
  });

  it('to stop or start an instance is one PUT', async () => {
    await using api = await startApi({
      'PUT /instance/i:stop': done,
      'PUT /instance/i:start': done,
    });
    const { instances } = makeExoscale(api);
    await instances.stop('i');
    await instances.start('i');
    expect(api.calls).toEqual(['PUT /instance/i:stop', 'PUT /instance/i:start']);
  });

  it.each([-1, 1.5, Number.NaN])('to scale to %d is refused', async (size) => {
    await using api = await startApi({});
    await expect(makeExoscale(api).pools.scale('p', size)).rejects.toThrow(RangeError);
  });

  it('to evict nobody is refused', async () => {
    await using api = await startApi({});
    await expect(makeExoscale(api).pools.evict('p', [])).rejects.toThrow(RangeError);
  });
});
