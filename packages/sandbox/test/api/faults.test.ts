import { expect, test } from 'vitest';
import type { Fault } from '../../src/model/faults.ts';
import { createSandboxClient } from './sandbox-client.ts';

const match = { operation: 'create-security-group' };
const create = ['POST', '/security-group', { body: { name: 'web' } }] as const;

function withFault(fault: Fault) {
  const client = createSandboxClient({ faults: [fault] });
  const names = () => client.cloud.securityGroups.list().map(({ name }) => name);
  return { ...client, names };
}

test('a status fault answers instead of the cloud, once', async () => {
  const headers = { 'retry-after': '1' };
  const { call, names } = withFault({ kind: 'status', status: 503, headers, match });
  const refused = await call(...create);
  expect(refused).toMatchObject({ status: 503, headers, body: { message: 'Injected fault' } });
  expect(names()).toEqual(['default']);
  expect((await call(...create)).status).toBe(200);
});

test('a connection cut before the call leaves nothing behind', async () => {
  const { call, names } = withFault({ kind: 'transport', fault: 'cut-before', match });
  expect((await call(...create)).fault).toBe('cut-before');
  expect(names()).toEqual(['default']);
});

test.each(['cut-after', 'cut-body', 'stall', 'drip'] as const)(
  'a connection with fault %s has had its effect',
  async (fault) => {
    const { call, names } = withFault({ kind: 'transport', fault, match });
    expect((await call(...create)).fault).toBe(fault);
    expect(names()).toEqual(['default', 'web']);
  },
);

test('a latency fault delays the answer', async () => {
  const { call, time } = withFault({ kind: 'latency', delayMs: 5_000, match });
  const answer = await time.drive(call(...create));
  expect(answer.status).toBe(200);
  expect(time.clock.monotonicMs()).toBe(5_000);
});

test('an operation fault shows in the operation', async () => {
  const reason = 'unavailable';
  const { settle } = withFault({ kind: 'operation-failure', reason, message: 'No host', match });
  const operation = await settle('POST', '/security-group', { name: 'web' });
  expect(operation).toMatchObject({ state: 'failure', reason: 'unavailable', message: 'No host' });
});

test('a fault can be aimed at a path', async () => {
  const aimed = { method: 'GET', pathPattern: '^/quota/instance$' };
  const { call } = withFault({ kind: 'status', status: 500, match: aimed, count: 2 });
  const statuses = [];
  for (const path of ['/quota', '/quota/instance', '/quota/instance', '/quota/instance']) {
    statuses.push((await call('GET', path)).status);
  }
  expect(statuses).toEqual([200, 500, 500, 200]);
});
