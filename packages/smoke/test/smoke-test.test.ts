import { expect, test } from 'vitest';
import {
  type InstanceProvider,
  isSmokeError,
  type SmokeEvent,
  type SmokeTestOptions,
  smokeTest,
} from '../src/index.ts';
import { createFakeTransport } from './fake-transport.ts';
import { createManualClock } from './manual-clock.ts';
import { createMemoryProvider } from './memory-provider.ts';

const refused = new Error('connect ECONNREFUSED 192.0.2.7:8080');

function optionsFor(more: Partial<SmokeTestOptions> = {}): SmokeTestOptions {
  return {
    templateId: 'template-1',
    name: 'smoke-1',
    port: 8080,
    checks: [{ kind: 'http', path: '/' }],
    clock: createManualClock(),
    transport: createFakeTransport(() => 200),
    ...more,
  };
}

function lost(message = 'socket hang up'): Error {
  return Object.assign(new Error(message), { retryable: true });
}

function refusal(message = 'Quota is used up'): Error {
  return Object.assign(new Error(message), { retryable: false });
}

test('smokeTest() boots, waits for readiness, asserts over the window and deletes', async () => {
  const provider = createMemoryProvider();
  const events: SmokeEvent[] = [];
  const transport = createFakeTransport((count) => (count <= 2 ? refused : 200));
  const options = optionsFor({
    transport,
    labels: { job: '42' },
    onEvent: (event) => events.push(event),
  });
  const report = await smokeTest(provider, options);

  expect(report).toMatchObject({
    passed: true,
    templateId: 'template-1',
    instance: { id: 'id-1', name: 'smoke-1', address: '192.0.2.7', state: 'running' },
    bootedAfterMs: 2_000,
    readyAfterMs: 6_000,
    durationMs: 16_000,
    results: [{ name: 'GET /', passed: true, detail: 'status 200' }],
    teardown: 'deleted',
  });
  expect(report.failure).toBeUndefined();
  expect(provider.instances.size).toBe(0);
  expect(provider.requests[0]).toEqual({
    name: 'smoke-1',
    templateId: 'template-1',
    labels: {
      job: '42',
      'exoship-smoke': 'smoke-1',
      'exoship-expires-at': expect.stringMatching(/^2026-01-01T/),
    },
  });
  expect(events.map(({ type }) => type)).toEqual([
    'instance-requested',
    'instance-created',
    'instance-booted',
    'app-awaited',
    'app-ready',
    'round-passed',
    'round-passed',
    'round-passed',
    'deletion-accepted',
    'instance-deleted',
  ]);
});

test('smokeTest() spreads the rounds over the whole window', async () => {
  const clock = createManualClock();
  const roundsAt: number[] = [];
  await smokeTest(
    createMemoryProvider(),
    optionsFor({
      clock,
      stability: { windowMs: 9_000, rounds: 4 },
      onEvent: ({ type }) => type === 'round-passed' && roundsAt.push(clock.elapsedMs()),
    }),
  );
  expect(roundsAt.map((at) => at - (roundsAt[0] ?? 0))).toEqual([0, 3_000, 6_000, 9_000]);
});

test('smokeTest() reports an app that never answers, with the last observation', async () => {
  const provider = createMemoryProvider();
  const transport = createFakeTransport(() => refused);
  const report = await smokeTest(
    provider,
    optionsFor({ transport, readiness: { timeoutMs: 30_000 } }),
  );
  expect(report).toMatchObject({
    passed: false,
    readyAfterMs: null,
    teardown: 'deleted',
    failure: {
      stage: 'readiness',
      message:
        'Instance "smoke-1" did not become ready within 30000 ms: GET /: connect ECONNREFUSED 192.0.2.7:8080',
    },
  });
  expect(provider.instances.size).toBe(0);
});

test('smokeTest() does not let a crash-looper pass on its lucky answers', async () => {
  const transport = createFakeTransport((count) => (count === 3 ? 502 : 200));
  const report = await smokeTest(createMemoryProvider(), optionsFor({ transport }));
  expect(report.failure).toEqual({
    stage: 'checks',
    message: 'Instance "smoke-1" failed round 2 of 3: GET /: status 502, expected 2xx',
  });
  expect(report.readyAfterMs).not.toBeNull();
  expect(transport.count()).toBe(3);
});

test('smokeTest() keeps the last answers as evidence, without cookies', async () => {
  const body = new TextEncoder().encode('x'.repeat(3_000));
  const headers = { 'set-cookie': 'session=hunter2', server: 'hello' };
  const transport = createFakeTransport((count) =>
    count === 1 ? 200 : { status: 500, headers, body },
  );
  const report = await smokeTest(createMemoryProvider(), optionsFor({ transport }));
  const last = report.evidence.at(-1);
  expect(last).toMatchObject({ stage: 'checks', result: { passed: false } });
  expect(last?.result.answer).toEqual({
    status: 500,
    headers: { server: 'hello' },
    body: 'x'.repeat(2_048),
    bodyTruncated: true,
  });
  expect(JSON.stringify(report)).not.toContain('hunter2');
});

test.for([
  ['an error state', { view: () => ({ state: 'error' }) }, 'last state was "error"'],
  [
    'no address',
    { view: () => ({ address: undefined }) },
    'last state was "running", without an address',
  ],
  ['a refusal', { get: () => Promise.reject(refusal('Forbidden')) }, 'Forbidden'],
] as const)('smokeTest() fails the boot stage on %s', async ([, hooks, detail]) => {
  const transport = createFakeTransport(() => 200);
  const provider = createMemoryProvider(
    'get' in hooks ? { get: ({ count }) => count === 1 && hooks.get() } : hooks,
  );
  const report = await smokeTest(provider, optionsFor({ transport, boot: { timeoutMs: 20_000 } }));
  expect(report).toMatchObject({ passed: false, bootedAfterMs: null, failure: { stage: 'boot' } });
  expect(report.failure?.message).toContain(detail);
  expect(report.teardown).toBe('deleted');
  expect(transport.count()).toBe(0);
});

test('smokeTest() fails the boot stage when the instance vanishes', async () => {
  const provider = createMemoryProvider({
    get: ({ count }) => count === 2 && provider.instances.clear(),
  });
  const report = await smokeTest(provider, optionsFor());
  expect(report.failure).toEqual({
    stage: 'boot',
    message: 'Cannot boot instance "smoke-1": it vanished while "starting"',
  });
});

test('smokeTest() looks past errors while it waits for the boot', async () => {
  const provider = createMemoryProvider({
    get: ({ count }) => {
      if (count === 2) throw lost();
    },
  });
  expect(await smokeTest(provider, optionsFor())).toMatchObject({ passed: true });
});

test('smokeTest() reports a refused creation and asks only once', async () => {
  const provider = createMemoryProvider({ create: () => Promise.reject(refusal()) });
  const report = await smokeTest(provider, optionsFor());
  expect(report).toMatchObject({
    passed: false,
    teardown: 'not-needed',
    failure: {
      stage: 'create',
      message: 'Cannot create instance "smoke-1" from template "template-1": Quota is used up',
    },
  });
  expect(report.instance).toBeUndefined();
  expect(provider.calls).toEqual(['create', 'findByName']);
});

test('smokeTest() adopts the instance of a lost answer instead of creating another', async () => {
  const provider = createMemoryProvider({ created: () => Promise.reject(lost()) });
  const report = await smokeTest(provider, optionsFor());
  expect(report).toMatchObject({ passed: true, instance: { id: 'id-1' }, teardown: 'deleted' });
  expect(provider.requests).toHaveLength(1);
  expect(provider.instances.size).toBe(0);
});

test('smokeTest() repeats a create that had no effect', async () => {
  const provider = createMemoryProvider({
    create: ({ count }) => {
      if (count === 1) throw lost();
    },
  });
  expect(await smokeTest(provider, optionsFor())).toMatchObject({ passed: true });
  expect(provider.calls.slice(0, 3)).toEqual(['create', 'findByName', 'create']);
});

test('smokeTest() deletes the twin that a lost create left behind', async () => {
  const provider: InstanceProvider & { instances: Map<string, unknown> } = (() => {
    const memory = createMemoryProvider();
    let lookups = 0;
    let creates = 0;
    return {
      ...memory,
      create: async (request, options) => {
        const created = await memory.create(request, options);
        creates += 1;
        if (creates === 1) throw lost();
        return created;
      },
      findByName: async (name, options) => {
        lookups += 1;
        // The list lags behind: the first instance does not show yet.
        return lookups === 1 ? undefined : await memory.findByName(name, options);
      },
    };
  })();
  const report = await smokeTest(provider, optionsFor());
  expect(report).toMatchObject({ passed: true, teardown: 'deleted', instance: { id: 'id-2' } });
  expect(provider.instances.size).toBe(0);
});

test('smokeTest() throws when nobody can say whether there is an instance', async () => {
  const provider = createMemoryProvider({
    created: () => Promise.reject(lost()),
    findByName: () => Promise.reject(lost('Connection reset')),
  });
  const failure = await smokeTest(provider, optionsFor()).catch((error: unknown) => error);
  expect(isSmokeError(failure) && failure).toMatchObject({
    code: 'instance-unknown',
    message: 'Cannot tell whether instance "smoke-1" exists: Connection reset',
  });
});

test('smokeTest() reports a teardown that failed beside the verdict', async () => {
  const provider = createMemoryProvider({ delete: () => Promise.reject(lost('Internal error')) });
  const events: SmokeEvent[] = [];
  const report = await smokeTest(provider, optionsFor({ onEvent: (event) => events.push(event) }));
  expect(report).toMatchObject({
    passed: true,
    teardown: 'failed',
    teardownDetail: 'Internal error',
  });
  expect(events.at(-1)).toMatchObject({ type: 'teardown-failed', id: 'id-1' });
});

test('smokeTest() does not believe an accepted deletion before the instance is gone', async () => {
  const memory = createMemoryProvider();
  const provider: InstanceProvider = { ...memory, delete: async () => {} };
  const report = await smokeTest(provider, optionsFor());
  expect(report).toMatchObject({
    teardown: 'failed',
    teardownDetail: 'instance "id-1" is still "running"',
  });
});

test('smokeTest() repeats a deletion that failed', async () => {
  const provider = createMemoryProvider({
    delete: ({ count }) => {
      if (count < 3) throw lost();
    },
  });
  expect(await smokeTest(provider, optionsFor())).toMatchObject({ teardown: 'deleted' });
});

test('smokeTest() bounds a teardown whose provider hangs and ignores its signal', async () => {
  const provider = createMemoryProvider({ delete: () => new Promise(() => {}) });
  const report = await smokeTest(provider, optionsFor({ teardown: { timeoutMs: 50 } }));
  expect(report).toMatchObject({ passed: true, teardown: 'failed' });
});

test('smokeTest() survives a listener that throws', async () => {
  const provider = createMemoryProvider();
  const onEvent = (): never => {
    throw new TypeError('listener');
  };
  expect(await smokeTest(provider, optionsFor({ onEvent }))).toMatchObject({ passed: true });
  expect(provider.instances.size).toBe(0);
});

test.for<[string, object, string]>([
  ['an unknown option', { retries: 3 }, 'Unknown option "retries" of smokeTest'],
  ['an unknown limit', { boot: { timeout: 1 } }, 'Unknown option "timeout" of boot'],
  [
    'a negative time',
    { readiness: { timeoutMs: -1 } },
    '"readiness.timeoutMs" must be more than 0',
  ],
  ['half a round', { stability: { rounds: 1.5 } }, '"stability.rounds" must be a whole number'],
  ['a name that is not set', { name: undefined }, '"name" must be a text'],
  ['checks that are not set', { checks: undefined }, '"checks" must be a list'],
  ['no name', { name: '' }, '"name" must not be empty'],
  ['no port', { port: 0 }, '"port" must be a whole number from 1 to 65535: got 0'],
  ['no checks', { checks: [] }, '"checks" is empty'],
])('smokeTest() refuses %s before anything is created', async ([, more, message]) => {
  const provider = createMemoryProvider();
  await expect(smokeTest(provider, optionsFor(more))).rejects.toThrow(message);
  expect(provider.calls).toEqual([]);
});

test('smokeTest() says what has become of the instance when the app fails', async () => {
  const provider = createMemoryProvider();
  const transport = createFakeTransport((count) => {
    if (count === 2) provider.instances.clear();
    return count === 1 ? 200 : refused;
  });
  const report = await smokeTest(provider, optionsFor({ transport }));
  expect(report).toMatchObject({ failure: { stage: 'checks' }, instance: { state: 'gone' } });
});
