import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { exchange, type WireOutcome, type WireRequest } from '../src/transport.ts';
import { checkTrust } from '../src/trust.ts';
import { cut, cutMidBody, drip, empty, hang, json, raw, startFakeVault } from './fake-vault.ts';
import { failureOf } from './login.ts';

const path = 'GET a/b';

async function ask(address: string, wire: Partial<WireRequest> = {}): Promise<WireOutcome> {
  return await exchange({
    method: 'GET',
    url: new URL('/v1/a/b', address),
    headers: {},
    body: undefined,
    timeoutMs: 5_000,
    connectTimeoutMs: 5_000,
    trust: checkTrust({}),
    signal: undefined,
    ...wire,
  });
}

function pem(name: string): string {
  return readFileSync(join(import.meta.dirname, 'fixtures', `${name}.pem`), 'utf8');
}

const loopback = { key: pem('loopback.key'), cert: pem('loopback.cert') };
const elsewhere = { key: pem('elsewhere.key'), cert: pem('elsewhere.cert') };

/** Takes connections and says nothing, not even in TLS. */
async function startSilentServer(): Promise<AsyncDisposable & { readonly port: number }> {
  const server = createServer((socket) => void socket.on('error', () => {}).resume());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(server, { port: (server.address() as AddressInfo).port });
}

describe('exchange()', () => {
  test('returns status, headers and text', async () => {
    await using vault = await startFakeVault();
    vault.script(path, json(418, { tea: 'ä' }, { 'X-Vault-Index': '7' }));
    expect(await ask(vault.address)).toMatchObject({
      kind: 'reply',
      status: 418,
      headers: { 'x-vault-index': '7' },
      text: '{"tea":"ä"}',
    });
  });

  test('follows no redirect, whatever it is', async () => {
    await using other = await startFakeVault();
    await using vault = await startFakeVault();
    for (const status of [301, 302, 303, 307, 308]) {
      vault.script(path, raw(status, '', { Location: `${other.address}/v1/a/b` }));
      expect(await ask(vault.address)).toMatchObject({ kind: 'reply', status });
    }
    expect(other.seen).toEqual([]);
  });

  test.each([
    ['nobody listens', undefined, false, 'broken'],
    ['the connection is cut before an answer', cut(), true, 'broken'],
    ['the connection is cut within the answer', cutMidBody(), true, 'broken'],
    ['there is no answer', hang(), true, 'timed-out'],
    ['the answer never ends', drip(), true, 'timed-out'],
    ['the answer is too large', raw(200, 'x'.repeat(2 ** 20 + 1)), true, 'too-large'],
  ])('tells what went wrong when %s', async (_what, reply, maybeSent, reason) => {
    const vault = await startFakeVault();
    if (reply === undefined) await vault[Symbol.asyncDispose]();
    else vault.script(path, reply);
    // Only who waits for nothing should be short of time.
    const outcome = await ask(vault.address, { timeoutMs: reason === 'timed-out' ? 150 : 20_000 });
    expect(outcome).toMatchObject({ kind: 'failure', maybeSent, reason });
    if (reply !== undefined) await vault[Symbol.asyncDispose]();
  });

  test('gives up connecting when the other side does not speak TLS', async () => {
    await using silent = await startSilentServer();
    const outcome = await ask(`https://127.0.0.1:${silent.port}`, { connectTimeoutMs: 60 });
    expect(outcome).toEqual({
      kind: 'failure',
      maybeSent: false,
      reason: 'timed-out',
      detail: 'no connection within 60 ms',
    });
  });

  test('speaks TLS with an authority of its own', async () => {
    await using vault = await startFakeVault({ tls: loopback });
    vault.script(path, empty());
    expect(await ask(vault.address, { trust: checkTrust({ ca: loopback.cert }) })).toMatchObject({
      status: 204,
    });
  });

  test.each([
    ['an unknown authority', loopback, undefined],
    ['a certificate for another host', elsewhere, elsewhere.cert],
    ['another authority', loopback, elsewhere.cert],
  ])('sends nothing to a server with %s', async (_what, tls, ca) => {
    await using vault = await startFakeVault({ tls });
    expect(await ask(vault.address, { trust: checkTrust({ ca }) })).toMatchObject({
      kind: 'failure',
      maybeSent: false,
      reason: 'untrusted-certificate',
    });
    expect(vault.seen).toEqual([]);
  });

  test('rejects with the reason of the signal and lets go of the connection', async () => {
    await using vault = await startFakeVault();
    const controller = new AbortController();
    const reason = new Error('enough');
    const closed = Promise.withResolvers<void>();
    vault.script(path, (_request, response) => {
      response.on('close', closed.resolve);
      controller.abort(reason);
    });
    const failure = await failureOf(ask(vault.address, { signal: controller.signal }));
    expect(failure).toBe(reason);
    await closed.promise;
  });

  test('does not keep connections', async () => {
    await using vault = await startFakeVault();
    vault.script(path, empty());
    await ask(vault.address);
    expect(vault.seen[0]?.headers.connection).toBe('close');
  });
});
