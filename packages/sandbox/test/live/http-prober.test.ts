import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { createHttpProber } from '../../src/live/http-prober.ts';
import type { ProbeRequest } from '../../src/model/ports.ts';

async function listenWith(serve: RequestListener) {
  const server = createServer(serve);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    server,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function ask(
  request: Partial<ProbeRequest> & { readonly port: number },
  prober = createHttpProber(),
) {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const probe = { instanceId: 'a', address: '127.0.0.1', mode: 'http', timeoutMs: 5_000 } as const;
  prober.probe({ ...probe, ...request }, resolve);
  return promise;
}

test('createHttpProber() wants a 2xx for the URI, on a connection of its own', async () => {
  const seen: string[] = [];
  await using bench = await listenWith((request, response) => {
    seen.push(`${request.method} ${request.url} ${request.headers.connection}`);
    response.statusCode = request.url === '/health' ? 204 : 302;
    response.end();
  });
  expect(await ask({ port: bench.port, uri: '/health' })).toBe(true);
  expect(await ask({ port: bench.port })).toBe(false);
  expect(seen).toEqual(['GET /health close', 'GET / close']);
});

test('createHttpProber() wants no more than a connect in mode tcp', async () => {
  await using bench = await listenWith(() => undefined);
  expect(await ask({ port: bench.port, mode: 'tcp' })).toBe(true);
});

test('createHttpProber() answers false when nobody listens', async () => {
  const bench = await listenWith(() => undefined);
  await bench[Symbol.asyncDispose]();
  expect(await ask({ port: bench.port, mode: 'tcp' })).toBe(false);
  expect(await ask({ port: bench.port, mode: 'http' })).toBe(false);
});

test('createHttpProber() answers false when there is no answer in time, or a cut one', async () => {
  await using silent = await listenWith(() => undefined);
  await using rude = await listenWith((request) => request.socket.destroy());
  expect(await ask({ port: silent.port, timeoutMs: 20 })).toBe(false);
  expect(await ask({ port: rude.port })).toBe(false);
});

test('createHttpProber() does not speak TLS to a plain server', async () => {
  await using bench = await listenWith((_request, response) => response.end());
  expect(await ask({ port: bench.port, mode: 'https' })).toBe(false);
});

test('close() settles the probes under way', async () => {
  await using bench = await listenWith(() => undefined);
  const prober = createHttpProber();
  const answer = ask({ port: bench.port, timeoutMs: 60_000 }, prober);
  prober.close();
  expect(await answer).toBe(false);
});
