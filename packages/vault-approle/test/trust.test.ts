import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { describe, expect, test } from 'vitest';
import type { ConnectionOptions } from '../src/index.ts';
import { empty, loginAnswer, raw, startFakeVault } from './fake-vault.ts';
import { failureOf, logIn, secret } from './login.ts';

// Made once with openssl, valid for a hundred years: "loopback" is for 127.0.0.1, "elsewhere" for vault.example.
const loopback = pair('loopback');
const elsewhere = pair('elsewhere');
const loginPath = 'POST auth/approle/login';

function pair(name: string): { readonly key: string; readonly cert: string } {
  const read = (file: string): string =>
    readFileSync(join(import.meta.dirname, 'fixtures', file), 'utf8');
  return { key: read(`${name}.key.pem`), cert: read(`${name}.cert.pem`) };
}

const { fingerprint256 } = new X509Certificate(loopback.cert);

async function attempt(tls: object, options: Partial<ConnectionOptions>) {
  await using vault = await startFakeVault({ tls: { ...loopback, ...tls } });
  vault.script(loginPath, loginAnswer());
  const outcome = await logIn(vault, { ca: loopback.cert, ...options }).then(
    () => 'logged in',
    (error: { code: string }) => error.code,
  );
  return { outcome, seen: vault.seen.length };
}

describe('a TLS connection', () => {
  test.each([
    ['with colons', fingerprint256],
    ['without', fingerprint256.replaceAll(':', '').toLowerCase()],
  ])('is made to the pinned certificate, written %s', async (_what, fingerprint) => {
    expect(await attempt({}, { fingerprint })).toEqual({ outcome: 'logged in', seen: 1 });
  });

  test('is not made to another certificate than the pinned one, though its authority is trusted', async () => {
    const fingerprint = new X509Certificate(elsewhere.cert).fingerprint256;
    expect(await attempt({}, { fingerprint })).toEqual({
      outcome: 'untrusted-certificate',
      seen: 0,
    });
  });

  test('is not made to the pinned certificate when nobody trusted has signed it', async () => {
    const options = { fingerprint: fingerprint256, ca: elsewhere.cert };
    expect(await attempt({}, options)).toEqual({ outcome: 'untrusted-certificate', seen: 0 });
  });

  test('is made to a server that goes by another name than its address', async () => {
    const options = { serverName: 'vault.example', ca: elsewhere.cert };
    const names: unknown[] = [];
    await using vault = await startFakeVault({ tls: elsewhere });
    vault.script(loginPath, (request, response) => {
      names.push((response.socket as TLSSocket).servername);
      loginAnswer()(request, response);
    });
    await logIn(vault, options);
    expect(names).toEqual(['vault.example']);
    const failure = await failureOf(logIn(vault, { ca: elsewhere.cert }));
    expect(failure).toMatchObject({ code: 'untrusted-certificate' });
  });

  test('shows the client certificate to a server that wants one', async () => {
    const wanting = { requestCert: true, rejectUnauthorized: true, ca: elsewhere.cert };
    const clientCertificate = { certificate: elsewhere.cert, key: secret(elsewhere.key) };
    const shown = await attempt(wanting, { clientCertificate });
    expect(shown).toEqual({ outcome: 'logged in', seen: 1 });
    const { outcome, seen } = await attempt(wanting, { deadlineMs: 100 });
    expect({ isLoggedIn: outcome === 'logged in', seen }).toEqual({ isLoggedIn: false, seen: 0 });
  });
});

describe('a redirect', () => {
  const followed = [307, 308].flatMap((status) => [
    [status, 'an absolute address', (address: string) => `${address}/v1/elsewhere`],
    [status, 'a path', () => '/v1/elsewhere'],
  ]) as [number, string, (address: string) => string][];

  test.each(followed)(
    '%i within the same https server, to %s, is followed',
    async (status, _what, to) => {
      await using vault = await startFakeVault({ tls: loopback });
      vault.script(loginPath, raw(status, '', { Location: to(vault.address) }));
      vault.script('POST elsewhere', loginAnswer());
      const session = await logIn(vault, { ca: loopback.cert });
      expect(session.accessor).toBe('accessor-1');
      const [first, second] = vault.seen;
      expect(second).toMatchObject({ method: 'POST', text: first?.text });
    },
  );

  test('is followed once only', async () => {
    await using vault = await startFakeVault({ tls: loopback });
    vault.script(loginPath, raw(307, '', { Location: '/v1/auth/approle/login' }));
    const failure = await failureOf(logIn(vault, { ca: loopback.cert }));
    expect(failure).toMatchObject({ code: 'redirect-refused' });
    expect(vault.seen).toHaveLength(2);
  });

  test.each([
    [301, (address: string) => `${address}/v1/elsewhere`],
    [302, (address: string) => `${address}/v1/elsewhere`],
    [303, (address: string) => `${address}/v1/elsewhere`],
    [307, (address: string) => `${address}/elsewhere`],
    [307, (address: string) => address.replace('https', 'http')],
    [307, (address: string) => address.replace('https://', 'https://user:word@')],
    [307, (address: string) => address.replace('127.0.0.1', 'localhost')],
    [307, (address: string) => address.replace(/:\d+$/, ':1')],
    [307, () => 'https://'],
    [307, () => ''],
  ])('%i anywhere else is not (case %#)', async (status, to) => {
    await using vault = await startFakeVault({ tls: loopback });
    const Location = to(vault.address);
    vault.script(loginPath, raw(status, '', Location === '' ? {} : { Location }));
    const failure = await failureOf(logIn(vault, { ca: loopback.cert }));
    expect(failure).toMatchObject({ code: 'redirect-refused' });
    expect(vault.seen).toHaveLength(1);
  });

  test('over plain http is not followed, not even on loopback', async () => {
    await using vault = await startFakeVault();
    vault.script(loginPath, raw(307, '', { Location: '/v1/elsewhere' }));
    vault.script('POST elsewhere', empty());
    expect(await failureOf(logIn(vault))).toMatchObject({ code: 'redirect-refused' });
    expect(vault.seen).toHaveLength(1);
  });
});
