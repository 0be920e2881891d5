import { once } from 'node:events';
import { Agent } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { createHello, type HelloOptions } from '../src/hello.ts';
import { get } from './support/get.ts';

const good = { version: '1.2.3', release: 'good', lameDuckMs: 15_000, instance: 'i-1' } as const;

/** A timer that ends when told to (or aborted), and says what it was asked for. */
function manualTimer() {
  const asked: number[] = [];
  let end: (() => void) | undefined;
  const sleep: HelloOptions['sleep'] = (ms, { signal }) => {
    asked.push(ms);
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      end = resolve;
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    });
  };
  return { asked, sleep, end: () => end?.() };
}

async function serve(options: Partial<HelloOptions> = {}) {
  const hello = createHello({ ...good, ...options });
  const { port } = await hello.listen({ host: '127.0.0.1', port: 0 });
  return { hello, port, [Symbol.asyncDispose]: () => hello.close() };
}

test('createHello() puts version and instance on every answer', async () => {
  await using server = await serve();
  for (const path of ['/', '/healthz', '/version', '/nothing']) {
    expect((await get(server.port, path)).headers).toMatchObject({
      'x-hello-version': '1.2.3',
      'x-hello-instance': 'i-1',
    });
  }
});

test('createHello() ignores the query', async () => {
  await using server = await serve();
  expect(await get(server.port, '/?from=test')).toMatchObject({
    status: 200,
    body: 'Hello, World!\n',
  });
});

test('createHello() keeps a connection open between requests, for longer than clients pause', async () => {
  await using server = await serve();
  using agent = disposable(new Agent({ keepAlive: true }));
  const first = await get(server.port, '/', agent.it);
  const second = await get(server.port, '/', agent.it);
  expect(second.connection).toBe(first.connection);
  expect(first.headers['keep-alive']).toBe('timeout=75');
});

test('drain() fails the health at once and keeps accepting until the window ends', async () => {
  const timer = manualTimer();
  await using server = await serve({ sleep: timer.sleep });
  using agent = disposable(new Agent({ keepAlive: true }));
  const kept = await get(server.port, '/', agent.it);
  expect(kept.headers.connection).toBe('keep-alive');

  const drained = server.hello.drain();
  expect(timer.asked).toEqual([15_000]);
  expect(await get(server.port, '/healthz')).toMatchObject({ status: 503, body: 'draining' });
  expect((await get(server.port, '/')).status).toBe(200);

  const moved = await get(server.port, '/', agent.it);
  expect(moved).toMatchObject({ status: 200, connection: kept.connection });
  expect(moved.headers.connection).toBe('close');
  expect((await get(server.port, '/', agent.it)).connection).not.toBe(kept.connection);

  timer.end();
  await drained;
  await expect(get(server.port, '/')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('drain() answers a request that was half sent when it stopped accepting', async () => {
  const timer = manualTimer();
  await using server = await serve({ sleep: timer.sleep });
  const socket = connect(server.port, '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\nHost: hello\r\n');
  await once(socket, 'connect');
  // The answer on a younger connection shows that the older one has been accepted.
  await get(server.port, '/');

  const drained = server.hello.drain();
  timer.end();
  await expect.poll(() => timer.asked).toEqual([15_000, 5_000]);
  await expect(get(server.port, '/')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  socket.write('\r\n');
  expect(await text(socket)).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*Hello, World!\n$/);
  await drained;
});

test('drain() cuts a request that does not end in time', async () => {
  const timer = manualTimer();
  await using server = await serve({ sleep: timer.sleep, finishMs: 7 });
  const socket = connect(server.port, '127.0.0.1');
  socket.on('error', () => {});
  socket.write('GET / HTTP/1.1\r\n');
  await once(socket, 'connect');
  await get(server.port, '/');

  const drained = server.hello.drain();
  timer.end();
  await expect.poll(() => timer.asked).toEqual([15_000, 7]);
  timer.end();
  await drained;
  await once(socket, 'close');
});

test('close() ends a drain that has begun', async () => {
  const timer = manualTimer();
  await using server = await serve({ sleep: timer.sleep });
  const drained = server.hello.drain();
  await server.hello.close();
  await drained;
  await expect(get(server.port, '/')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('drain() waits for one window only, however often it is called', async () => {
  const timer = manualTimer();
  await using server = await serve({ sleep: timer.sleep });
  const both = Promise.all([server.hello.drain(), server.hello.drain()]);
  expect(timer.asked).toEqual([15_000]);
  timer.end();
  await both;
});

test('close() may be called again, and before listening', async () => {
  const hello = createHello(good);
  await hello.close();
  await hello.close();
});

test('listen() rejects when the port is taken', async () => {
  await using server = await serve();
  await using second = createHello(good);
  await expect(second.listen({ host: '127.0.0.1', port: server.port })).rejects.toMatchObject({
    code: 'EADDRINUSE',
  });
});

function disposable(agent: Agent) {
  return { it: agent, [Symbol.dispose]: () => agent.destroy() };
}
