import { expect, test } from 'vitest';
import { createAdminHandler } from '../../src/admin/create-admin-handler.ts';
import { createFaults } from '../../src/model/faults.ts';

const token = 'let-me-in';
const authorization = `Bearer ${token}`;
const scale = { method: 'PUT', path: '/instance-pool/a:scale', operation: 'scale-instance-pool' };

function openBench() {
  const faults = createFaults([]);
  const handler = createAdminHandler(faults, token);
  return {
    faults,
    async ask(
      method: string,
      value?: unknown,
      headers: Record<string, string> = { authorization },
      path = '/_sandbox/faults',
    ) {
      const text = typeof value === 'string' ? value : JSON.stringify(value ?? null);
      const body = value === undefined ? Buffer.of() : Buffer.from(text);
      const answer = await handler({ method, path, query: '', headers, body });
      return { status: answer.status, body: JSON.parse(String(answer.body)) };
    },
  };
}

const unavailable = {
  kind: 'status',
  status: 503,
  match: { operation: 'scale-instance-pool' },
  count: 2,
};

test('createAdminHandler() lets nobody in without the token', async () => {
  const { ask, faults } = openBench();
  expect((await ask('POST', unavailable, {})).status).toBe(401);
  expect((await ask('POST', unavailable, { authorization: token })).status).toBe(401);
  expect((await ask('POST', unavailable, { authorization: 'Bearer x' })).status).toBe(403);
  expect((await ask('GET', undefined, { authorization: `${authorization}x` })).status).toBe(403);
  expect(faults.list()).toEqual([]);
});

test('a fault from outside hits as many calls as it says, and is gone', async () => {
  const { ask, faults } = openBench();
  const added = await ask('POST', unavailable);
  expect(added).toEqual({ status: 201, body: { id: 'fault-1', left: 2, ...unavailable } });
  expect(faults.takeCall(scale)).toMatchObject({ status: 503 });
  expect((await ask('GET')).body.faults).toMatchObject([{ id: 'fault-1', left: 1 }]);
  expect(faults.takeCall(scale)).toMatchObject({ status: 503 });
  expect(faults.takeCall(scale)).toBeUndefined();
  expect((await ask('GET')).body).toEqual({ faults: [] });
});

test('one fault is taken back, or all', async () => {
  const { ask } = openBench();
  for (let count = 0; count < 3; count += 1) await ask('POST', unavailable);
  const remove = (path: string) => ask('DELETE', undefined, { authorization }, path);
  expect((await remove('/_sandbox/faults/fault-2')).status).toBe(200);
  expect((await remove('/_sandbox/faults/fault-2')).status).toBe(404);
  expect((await ask('GET')).body.faults).toMatchObject([{ id: 'fault-1' }, { id: 'fault-3' }]);
  expect((await remove('/_sandbox/faults')).status).toBe(200);
  expect((await ask('GET')).body.faults).toEqual([]);
});

test.each<[unknown, string]>([
  ['{', 'Body is not valid JSON'],
  [[], 'A fault is a JSON object'],
  [{ kind: 'explode' }, 'Invalid parameter: kind'],
  [
    { match: {} },
    'kind must be one of status, transport, latency, operation-failure, boot-failure',
  ],
  [{ kind: 'status' }, 'Invalid parameter: status'],
  [{ kind: 'status', status: 99 }, 'Invalid parameter: status'],
  [{ kind: 'status', status: 500, count: 0 }, 'Invalid parameter: count'],
  [{ kind: 'status', status: 500, skip: -1 }, 'Invalid parameter: skip'],
  [{ kind: 'status', status: 500, match: 'all' }, 'Invalid parameter: match'],
  [{ kind: 'status', status: 500, match: { pathPattern: '(' } }, 'match.pathPattern'],
  [{ kind: 'status', status: 500, match: { path: '/x' } }, 'Unknown: match.path; known are match.'],
  [{ kind: 'status', status: 500, times: 3 }, 'Unknown: times; known are kind, match, skip, count'],
  [{ kind: 'transport', fault: 'shout' }, 'Invalid parameter: fault'],
  [{ kind: 'latency', delayMs: 'long' }, 'Invalid parameter: delayMs'],
  [{ kind: 'operation-failure', match: {} }, 'needs match.operation'],
  [
    { kind: 'operation-failure', reason: 'mood', match: { operation: 'x' } },
    'Invalid parameter: reason',
  ],
])('the fault %j is refused by name', async (fault, words) => {
  const { ask, faults } = openBench();
  const { status, body } = await ask('POST', fault);
  expect(status).toBe(400);
  expect(body.message).toContain(words);
  expect(faults.list()).toEqual([]);
});

test.each([
  { kind: 'transport', fault: 'stall', match: { method: 'POST', pathPattern: '^/instance$' } },
  { kind: 'latency', delayMs: 500, match: {}, skip: 1 },
  {
    kind: 'operation-failure',
    state: 'pending',
    reason: 'busy',
    effect: 'full',
    match: { operation: 'stop-instance' },
  },
  { kind: 'boot-failure', match: { instancePattern: '^web-' } },
])('the fault %j arrives as it was sent', async (fault) => {
  const { ask, faults } = openBench();
  expect((await ask('POST', fault)).status).toBe(201);
  expect(faults.list()[0]?.fault).toEqual(fault);
});

test.each([
  ['PUT', '/_sandbox/faults', 405],
  ['GET', '/_sandbox/faults/fault-1', 405],
  ['GET', '/_sandbox/other', 404],
])('%s %s is answered %i', async (method, path, status) => {
  const { ask } = openBench();
  expect((await ask(method, undefined, { authorization }, path)).status).toBe(status);
});
