import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { type Handler, json } from '../../src/http/exchange.ts';
import { openHttpFront } from '../../src/live/http-front.ts';
import { createSandboxRouter } from '../../src/live/sandbox-router.ts';
import { serveHandler } from '../../src/live/serve-handler.ts';

async function openBench(handler: Handler) {
  const problems: unknown[] = [];
  const front = await openHttpFront(0, serveHandler(handler), (problem) => problems.push(problem));
  return { origin: front.origin, problems, [Symbol.asyncDispose]: () => front.close() };
}

test('serveHandler() hands on the request exactly as it was sent', async () => {
  await using bench = await openBench(async ({ body, headers, ...rest }) =>
    json(200, { ...rest, body: Buffer.from(body).toString(), token: headers['x-vault-token'] }),
  );
  const answer = await fetch(`${bench.origin}/v1/a%2Fb?x=1&y=%20?`, {
    method: 'POST',
    body: 'hé',
    headers: { 'X-Vault-Token': 't' },
  });
  expect(answer.headers.get('content-type')).toBe('application/json');
  expect(await answer.json()).toEqual({
    method: 'POST',
    path: '/v1/a%2Fb',
    query: 'x=1&y=%20?',
    body: 'hé',
    token: 't',
    remoteAddress: '127.0.0.1',
  });
});

test('serveHandler() refuses a body of more than 32 MiB', async () => {
  await using bench = await openBench(async () => json(200, {}));
  const body = Buffer.alloc(32 * 1024 * 1024 + 1);
  const answer = await fetch(bench.origin, { method: 'POST', body }).catch(
    (error: unknown) => error,
  );
  // The client may still be writing when the answer comes, and then sees the connection go.
  if (answer instanceof Response) expect(answer.status).toBe(413);
  else expect(answer).toBeInstanceOf(TypeError);
});

test.each(['cut-before', 'cut-after', 'cut-body'] as const)(
  'serveHandler() does not complete an answer with the fault %s',
  async (fault) => {
    await using bench = await openBench(async () => ({
      ...json(200, { long: 'x'.repeat(100) }),
      fault,
    }));
    const read = fetch(bench.origin).then((answer) => answer.text());
    await expect(read).rejects.toThrow();
    expect(bench.problems).toEqual([]);
  },
);

test('serveHandler() stalls until the client gives up', async () => {
  await using bench = await openBench(async () => ({ ...json(200, {}), fault: 'stall' }));
  const answer = fetch(bench.origin, { signal: AbortSignal.timeout(50) });
  await expect(answer).rejects.toMatchObject({ name: 'TimeoutError' });
});

test('serveHandler() drips an answer that is complete in the end', async () => {
  await using bench = await openBench(async () => ({ ...json(200, { a: 1 }), fault: 'drip' }));
  expect(await (await fetch(bench.origin)).json()).toEqual({ a: 1 });
});

test('openHttpFront() tells of a handler that breaks, and cuts the connection', async () => {
  const broken = new RangeError('broken');
  await using bench = await openBench(() => Promise.reject(broken));
  await expect(fetch(bench.origin)).rejects.toThrow();
  expect(bench.problems).toEqual([broken]);
});

test('openHttpFront() survives garbage and says that a port is taken', async () => {
  await using bench = await openBench(async () => json(200, {}));
  const port = Number(new URL(bench.origin).port);
  const socket = connect(port, '127.0.0.1').end('garbage\r\n\r\n');
  socket.resume();
  await once(socket, 'close');
  expect((await fetch(bench.origin)).status).toBe(200);
  const second = openHttpFront(
    port,
    serveHandler(async () => json(200, {})),
    () => undefined,
  );
  await expect(second).rejects.toMatchObject({
    code: 'port-taken',
    message: `Cannot listen on 127.0.0.1:${port}: another program has that port`,
  });
});

test('createSandboxRouter() tells the API, Vault and buckets apart', async () => {
  const router = createSandboxRouter();
  await using front = await openHttpFront(0, router.serve, () => undefined);
  const ask = async (path: string) => (await fetch(front.origin + path)).text();
  expect((await fetch(`${front.origin}/v2/zone`)).status).toBe(503);
  const name =
    (text: string): Handler =>
    async () => ({ status: 200, headers: {}, body: text });
  router.connect({
    api: name('api'),
    vault: name('vault'),
    sos: serveHandler(name('sos')),
    admin: name('admin'),
    exports: serveHandler(name('exports')),
  });
  expect(await ask('/v2/zone')).toBe('api');
  expect(await ask('/v2?x')).toBe('api');
  expect(await ask('/z/ch-dk-2/v2/zone')).toBe('api');
  expect(await ask('/v1/sys/health')).toBe('vault');
  expect(await ask('/_sandbox/faults')).toBe('admin');
  expect(await ask('/_exports/a')).toBe('exports');
  expect(await ask('/v2-images/a')).toBe('sos');
  expect(await ask('/')).toBe('sos');
});
