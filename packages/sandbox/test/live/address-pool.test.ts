import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, test } from 'vitest';
import { openAddressPool } from '../../src/live/address-pool.ts';
import { appPort } from '../support/app-port.ts';

test('openAddressPool() gives out addresses of one network, none twice', async () => {
  await using pool = await openAddressPool(appPort);
  const prefix = pool.network.replace('.0.0/16', '');
  expect(pool.network).toMatch(/^127\.\d+\.0\.0\/16$/);
  const addresses = Array.from({ length: 300 }, () => pool.allocate());
  expect(new Set(addresses).size).toBe(300);
  expect(addresses.slice(0, 2)).toEqual([`${prefix}.0.1`, `${prefix}.0.2`]);
  expect(addresses.at(-1)).toBe(`${prefix}.1.44`);
});

test('openAddressPool() never shares a network with another sandbox', async () => {
  const pools = await Promise.all(Array.from({ length: 10 }, () => openAddressPool(appPort)));
  expect(new Set(pools.map(({ network }) => network)).size).toBe(10);
  await Promise.all(pools.map((pool) => pool.close()));
});

test('openAddressPool() says who is in the way when the port is taken everywhere', async () => {
  const server = createServer();
  server.listen(0, '0.0.0.0');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  try {
    await expect(openAddressPool(port)).rejects.toMatchObject({
      code: 'no-free-network',
      message: expect.stringContaining(`a listener on 0.0.0.0:${port} takes it everywhere`),
    });
  } finally {
    server.close();
  }
});
