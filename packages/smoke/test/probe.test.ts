import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { type Check, type HttpCheck, type ProbeTarget, probe } from '../src/index.ts';

async function serve(
  listener: RequestListener,
  address = '127.0.0.1',
): Promise<AsyncDisposable & { target: ProbeTarget; server: Server }> {
  const server = createHttpServer(listener).listen(0, address);
  await once(server, 'listening');
  return {
    server,
    target: { address, port: (server.address() as AddressInfo).port },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await server[Symbol.asyncDispose]();
    },
  };
}

const root: HttpCheck = { kind: 'http', path: '/' };

test('probe() passes when every check does', async () => {
  await using app = await serve((_request, response) => void response.end('Hello, World!'));
  const checks: readonly Check[] = [
    { ...root, contains: 'World', matches: '^Hello, \\p{Lu}' },
    { kind: 'tcp' },
  ];
  expect(await probe(app.target, checks)).toMatchObject({
    passed: true,
    detail: '2 checks passed',
    results: [
      { name: 'GET /', passed: true, detail: 'status 200' },
      { name: 'tcp connect', passed: true, detail: 'accepts connections' },
    ],
  });
});

test('probe() names the first check that failed', async () => {
  await using app = await serve((_request, response) => void response.writeHead(404).end());
  const checks: readonly Check[] = [
    { ...root, status: 404 },
    { ...root, path: '/health', name: 'health' },
  ];
  expect(await probe(app.target, checks)).toMatchObject({
    passed: false,
    detail: 'health: status 404, expected 2xx',
  });
});

test('probe() sends method, path and headers as given, on a connection of its own', async () => {
  const seen: unknown[] = [];
  await using app = await serve((request, response) => {
    const { host, connection, 'x-token': token } = request.headers;
    seen.push([request.method, request.url, host, connection, token]);
    response.end();
  });
  const check: HttpCheck = {
    kind: 'http',
    path: '/a?b=%20c',
    method: 'HEAD',
    headers: { Host: 'app.example', 'X-Token': 't' },
  };
  await probe(app.target, [check]);
  expect(seen).toEqual([['HEAD', '/a?b=%20c', 'app.example', 'close', 't']]);
});

test('probe() follows no redirect', async () => {
  await using app = await serve((_request, response) => {
    response.writeHead(302, { location: '/elsewhere' }).end();
  });
  expect(await probe(app.target, [root])).toMatchObject({
    detail: 'GET /: status 302, expected 2xx',
  });
});

test('probe() reaches an IPv6 address', async () => {
  let host: string | undefined;
  await using app = await serve((request, response) => {
    host = request.headers.host;
    response.end();
  }, '::1');
  expect(await probe(app.target, [root])).toMatchObject({ passed: true });
  expect(host).toBe(`[::1]:${app.target.port}`);
});

test('probe() fails when nothing listens', async () => {
  const app = await serve(() => {});
  await app[Symbol.asyncDispose]();
  const { passed, detail } = await probe(app.target, [root]);
  expect(passed).toBe(false);
  expect(detail).toMatch(/^GET \/: connect ECONNREFUSED 127\.0\.0\.1:/);
});

test('probe() fails when the answer does not come in time', async () => {
  await using app = await serve(() => {});
  expect(await probe(app.target, [root], { requestTimeoutMs: 50 })).toMatchObject({
    detail: 'GET /: no complete answer within 50 ms',
  });
});

test('probe() fails when the body stops half way', async () => {
  await using app = await serve((_request, response) => {
    response.writeHead(200, { 'content-length': '10' }).write('12345');
    setImmediate(() => response.destroy());
  });
  const { passed } = await probe(app.target, [root]);
  expect(passed).toBe(false);
});

test('probe() fails when the body drips past the time limit', async () => {
  await using app = await serve((_request, response) => {
    response.writeHead(200);
    const drip = setInterval(() => response.write('.'), 5);
    response.on('close', () => clearInterval(drip));
  });
  expect(await probe(app.target, [root], { requestTimeoutMs: 60 })).toMatchObject({
    passed: false,
  });
});

test('probe() reads no more than the limit of an endless body', async () => {
  const chunk = Buffer.alloc(64 * 1024, 'x');
  await using app = await serve((_request, response) => {
    const pour = (): void => {
      while (!response.destroyed && response.write(chunk));
    };
    response.on('drain', pour);
    pour();
  });
  const { passed, detail } = await probe(app.target, [{ ...root, contains: 'needle' }]);
  expect(passed).toBe(false);
  expect(detail).toBe('GET /: body does not contain "needle" within its first 262144 bytes');
});

test('probe() fails on an answer that is not HTTP, and survives it', async () => {
  const sockets = new Set<Socket>();
  await using server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.end('SSH-2.0-OpenSSH_9.2\r\n');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const target = { address: '127.0.0.1', port: (server.address() as AddressInfo).port };
  expect(await probe(target, [root])).toMatchObject({ passed: false });
  expect(await probe(target, [{ kind: 'tcp' }])).toMatchObject({ passed: true });
  for (const socket of sockets) socket.destroy();
});

test('probe() rejects with the reason itself when cancelled', async () => {
  const controller = new AbortController();
  const reason = new DOMException('stop', 'AbortError');
  await using app = await serve(() => controller.abort(reason));
  const result = probe(app.target, [root], { signal: controller.signal });
  await expect(result.catch((error: unknown) => error)).resolves.toBe(reason);
});

test.for<[string, unknown, string]>([
  ['no checks', [], '"checks" is empty'],
  ['an unknown kind', [{ kind: 'ftp' }], 'Cannot use "checks[0]": kind "ftp" is not known'],
  ['an unknown key', [root, { ...root, expect: 200 }], '"checks[1]": key "expect" is not known'],
  ['a relative path', [{ kind: 'http', path: 'x' }], 'path must start with "/"'],
  ['a raw space', [{ kind: 'http', path: '/a b' }], 'must be percent-encoded'],
  ['a status that is none', [{ ...root, status: [200, 20] }], 'status 20 is not an HTTP status'],
  ['a broken expression', [{ ...root, matches: '(' }], 'is not a regular expression'],
])('probe() refuses %s', async ([, checks, message]) => {
  const target = { address: '127.0.0.1', port: 1 };
  await expect(probe(target, checks as readonly Check[])).rejects.toThrow(message);
});

test('probe() refuses unknown options and impossible ports', async () => {
  const target = { address: '127.0.0.1', port: 1 };
  const misspelt = { timeoutMs: 1 } as object;
  await expect(probe(target, [root], misspelt)).rejects.toThrow(
    'Unknown option "timeoutMs" of probe',
  );
  await expect(probe({ ...target, port: 0 }, [root])).rejects.toThrow(RangeError);
  await expect(probe(undefined as never, [root])).rejects.toThrow('"port" must be a whole number');
});
