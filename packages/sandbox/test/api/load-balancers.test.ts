import { expect, test } from 'vitest';
import { poolDetails, zone } from '../model/pool-cloud.ts';
import { createSandboxClient } from './sandbox-client.ts';

async function createService(check: object = {}, options = {}) {
  const sandbox = createSandboxClient(options);
  const { cloud, time, call, settle } = sandbox;
  const template = cloud.templates.add({ name: 'app', image: { bootMs: 0 } });
  const pool = cloud.pools.create(zone, poolDetails(cloud, template.id), 2).referenceId;
  await time.advance(60_000);
  const balancer = (await settle('POST', '/load-balancer', { name: 'lb' })).reference.id;
  const body = {
    name: 'http',
    'instance-pool': { id: pool },
    port: 80,
    'target-port': 8080,
    protocol: 'tcp',
    strategy: 'round-robin',
    healthcheck: { mode: 'http', port: 8080, uri: '/', interval: 10, timeout: 5, ...check },
  };
  const added = await call('POST', `/load-balancer/${balancer}/service`, { body });
  await time.advance(60_000);
  const get = async () => (await call('GET', `/load-balancer/${balancer}`)).body;
  return { ...sandbox, pool, balancer, added, body, get };
}

test('a balancer shows its services with what they think of every member', async () => {
  const { cloud, pool, balancer, get, call } = await createService();
  const addresses = cloud.pools.members(pool).map(({ address }) => address);
  const shown = await get();
  expect(shown).toEqual({
    id: balancer,
    name: 'lb',
    description: '',
    'created-at': expect.any(String),
    ip: expect.stringMatching(/^\d+\.\d+\.\d+\.\d+$/),
    state: 'running',
    labels: {},
    services: [
      {
        id: expect.any(String),
        name: 'http',
        description: '',
        'instance-pool': { id: pool },
        port: 80,
        'target-port': 8080,
        protocol: 'tcp',
        strategy: 'round-robin',
        state: 'running',
        healthcheck: { mode: 'http', port: 8080, uri: '/', interval: 10, timeout: 5, retries: 1 },
        'healthcheck-status': addresses.map((address) => ({
          'public-ip': address,
          status: 'success',
        })),
      },
    ],
  });
  const [service] = shown.services;
  const path = `/load-balancer/${balancer}/service/${service.id}`;
  expect((await call('GET', path)).body).toEqual(service);
  expect((await call('GET', '/load-balancer')).body).toEqual({ 'load-balancers': [shown] });
});

test.each([
  [{ interval: 4 }],
  [{ interval: 301 }],
  [{ timeout: 1 }],
  [{ retries: 0 }],
  [{ mode: 'udp' }],
  [{ port: 70_000 }],
])('a service with the health check %o is refused', async (check) => {
  const { added, get } = await createService(check);
  expect(added.status).toBe(400);
  expect(added.body.message).toMatch(/^Invalid parameter: healthcheck\./);
  expect((await get()).services).toEqual([]);
});

test('shorter intervals can be allowed, for those who live in wall time', async () => {
  const minimumCheckSeconds = { interval: 1, timeout: 1 };
  const check = { interval: 1, timeout: 1 };
  const { added } = await createService(check, { minimumCheckSeconds });
  expect(added.status).toBe(200);
});

test('a service of an unknown pool is refused', async () => {
  const { call, balancer, body } = await createService();
  const other = { ...body, 'instance-pool': { id: 'nothing' } };
  const { status } = await call('POST', `/load-balancer/${balancer}/service`, { body: other });
  expect(status).toBe(404);
});

test('a service can be changed and deleted, then its balancer', async () => {
  const { settle, call, balancer, get } = await createService();
  const [{ id }] = (await get()).services;
  const path = `/load-balancer/${balancer}/service/${id}`;
  const healthcheck = { mode: 'tcp', port: 8080, retries: 3 };
  await settle('PUT', path, { port: 443, healthcheck });
  expect((await get()).services).toMatchObject([{ port: 443, name: 'http', healthcheck }]);
  await settle('PUT', `/load-balancer/${balancer}`, { name: 'front' });
  expect(await get()).toMatchObject({ name: 'front' });
  await settle('DELETE', path);
  expect((await get()).services).toEqual([]);
  await settle('DELETE', `/load-balancer/${balancer}`);
  expect((await call('GET', `/load-balancer/${balancer}`)).status).toBe(404);
});
