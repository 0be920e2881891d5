import { once } from 'node:events';
import { createServer } from 'node:http';
import { expect, test } from 'vitest';
import { openAddressPool } from '../../src/live/address-pool.ts';
import { createBalancerFleet } from '../../src/live/balancer-fleet.ts';
import type { CloudHappening, CloudListener } from '../../src/model/events.ts';
import { appPort } from '../support/app-port.ts';
import { waitFor } from '../support/wait-for.ts';

async function openBench() {
  const addresses = await openAddressPool(appPort);
  const address = addresses.allocate();
  const memberAddress = addresses.allocate();
  const member = createServer((_request, response) => response.end('hello'));
  member.listen(appPort, memberAddress);
  await once(member, 'listening');
  let listener: CloudListener | undefined;
  const problems: unknown[] = [];
  const subscribe = (added: CloudListener) => {
    listener = added;
    return () => {
      listener = undefined;
    };
  };
  const fleet = createBalancerFleet(subscribe, (problem) => problems.push(problem));
  const emit = (happening: CloudHappening) => listener?.({ ...happening, at: new Date() });
  return {
    fleet,
    address,
    problems,
    isFollowed: () => listener !== undefined,
    service: (
      type: 'service-created' | 'service-updated' | 'service-deleted',
      port = appPort,
      targetPort = appPort,
    ) =>
      emit({
        type,
        loadBalancerId: 'lb',
        serviceId: 'service',
        address,
        port,
        targetPort,
        protocol: 'tcp',
        strategy: 'round-robin',
      }),
    rotation: () =>
      emit({
        type: 'rotation-changed',
        loadBalancerId: 'lb',
        serviceId: 'service',
        poolId: 'pool',
        addresses: [memberAddress],
        instanceIds: ['one'],
      }),
    ask: async (port = appPort) =>
      (
        await fetch(`http://${address}:${port}`, { headers: { connection: 'close' } }).catch(
          () => undefined,
        )
      )?.text(),
    async [Symbol.asyncDispose]() {
      await fleet.close();
      member.closeAllConnections();
      member.close();
      await addresses.close();
    },
  };
}

test('createBalancerFleet() serves what the model says, from its events alone', async () => {
  await using bench = await openBench();
  bench.service('service-created');
  bench.rotation();
  expect(await waitFor('the service', () => bench.ask())).toBe('hello');
  expect(
    bench.fleet
      .get('service')
      ?.rotation()
      .map(({ id }) => id),
  ).toEqual(['one']);

  bench.service('service-updated', 9090);
  expect(await waitFor('the new port', () => bench.ask(9090))).toBe('hello');
  expect(await bench.ask(appPort)).toBeUndefined();

  bench.service('service-updated', 9090, 1);
  expect(await bench.ask(9090)).toBeUndefined();

  bench.service('service-deleted', 9090);
  await waitFor('its end', () => bench.fleet.get('service') === undefined);
  expect(bench.problems).toEqual([]);
});

test('createBalancerFleet() tells of a port that it cannot have, and goes on', async () => {
  await using bench = await openBench();
  const squatter = createServer().listen(appPort, bench.address);
  await once(squatter, 'listening');
  bench.service('service-created');
  await waitFor('the problem', () => bench.problems.length > 0);
  expect(bench.problems).toMatchObject([{ code: 'port-taken' }]);
  squatter.close();
  await once(squatter, 'close');
  bench.service('service-updated', 9090);
  bench.rotation();
  expect(await waitFor('the service', () => bench.ask(9090))).toBe('hello');
});

test('close() stops following the model', async () => {
  await using bench = await openBench();
  bench.service('service-created');
  await bench.fleet.close();
  expect(bench.isFollowed()).toBe(false);
  expect(await bench.ask()).toBeUndefined();
});
