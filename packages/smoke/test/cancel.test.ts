import { expect, test } from 'vitest';
import { type SmokeEvent, type SmokeTestOptions, smokeTest } from '../src/index.ts';
import { createFakeTransport } from './fake-transport.ts';
import { createManualClock } from './manual-clock.ts';
import { createMemoryProvider, type MemoryProvider } from './memory-provider.ts';

const reason = new DOMException('Job cancelled', 'AbortError');

async function cancelAt(
  type: SmokeEvent['type'],
  provider: MemoryProvider,
  more: Partial<SmokeTestOptions> = {},
): Promise<unknown> {
  const controller = new AbortController();
  return await smokeTest(provider, {
    templateId: 'template-1',
    name: 'smoke-1',
    port: 8080,
    checks: [{ kind: 'http', path: '/' }],
    clock: createManualClock(),
    transport: createFakeTransport((count) => (count === 1 ? 503 : 200)),
    signal: controller.signal,
    onEvent: (event) => event.type === type && controller.abort(reason),
    ...more,
  }).catch((error: unknown) => error);
}

test.for([
  'instance-created',
  'instance-booted',
  'app-awaited',
  'app-ready',
  'round-passed',
] as const)(
  'smokeTest() cancelled at %s deletes, then rejects with the reason itself',
  async (type) => {
    const provider = createMemoryProvider();
    expect(await cancelAt(type, provider)).toBe(reason);
    expect(provider.requests).toHaveLength(1);
    expect(provider.instances.size).toBe(0);
  },
);

test('smokeTest() never passes the aborted signal to the teardown', async () => {
  const aborted: boolean[] = [];
  const provider = createMemoryProvider({
    delete: ({ signal }) => aborted.push(signal?.aborted ?? true),
  });
  await cancelAt('app-ready', provider);
  expect(aborted).toEqual([false]);
});

test('smokeTest() cancelled while the create call is under way deletes what it creates', async () => {
  // The cloud neither answers nor listens: the instance appears only after the cancel.
  const provider = createMemoryProvider({
    create: ({ signal }) =>
      new Promise((resolve) => signal?.addEventListener('abort', () => setImmediate(resolve))),
  });
  const controller = new AbortController();
  setImmediate(() => controller.abort(reason));
  const result = await cancelAt('teardown-failed', provider, { signal: controller.signal });
  expect(result).toBe(reason);
  expect(provider.requests).toHaveLength(1);
  expect(provider.instances.size).toBe(0);
});

test('smokeTest() cancelled while the create call is under way believes its late answer', async () => {
  const memory = createMemoryProvider({
    create: ({ signal }) =>
      new Promise((resolve) => signal?.addEventListener('abort', () => setImmediate(resolve))),
  });
  // The list has not caught up, and never does.
  const provider = { ...memory, findByName: async () => undefined };
  const controller = new AbortController();
  setImmediate(() => controller.abort(reason));
  const result = await cancelAt('teardown-failed', provider, { signal: controller.signal });
  expect(result).toBe(reason);
  expect(memory.requests).toHaveLength(1);
  expect(memory.instances.size).toBe(0);
});

test('smokeTest() deletes in the first look what a cancelled create call made', async () => {
  const provider = createMemoryProvider({ created: () => new Promise(() => {}) });
  const controller = new AbortController();
  setImmediate(() => controller.abort(reason));
  const result = await cancelAt('teardown-failed', provider, {
    signal: controller.signal,
    clock: undefined,
    teardown: { cancelledTimeoutMs: 200, intervalMs: 600_000 },
  });
  expect(result).toBe(reason);
  expect(provider.instances.size).toBe(0);
});

test('smokeTest() creates nothing when cancelled before it starts', async () => {
  const provider = createMemoryProvider();
  expect(await cancelAt('app-ready', provider, { signal: AbortSignal.abort(reason) })).toBe(reason);
  expect(provider.calls).toEqual([]);
});

test('smokeTest() gives a cancelled teardown only the short time limit', async () => {
  const provider = createMemoryProvider({ delete: () => new Promise(() => {}) });
  const teardown = { timeoutMs: 600_000, cancelledTimeoutMs: 20 };
  expect(await cancelAt('app-ready', provider, { teardown })).toBe(reason);
});

test('smokeTest() cancelled during the teardown keeps its verdict', async () => {
  const provider = createMemoryProvider();
  expect(await cancelAt('deletion-accepted', provider)).toMatchObject({
    passed: true,
    teardown: 'deleted',
  });
});
