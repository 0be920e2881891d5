import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { type Check, type ProbeResult, probe, type TlsSettings } from '../src/index.ts';

// Self-signed for "app.example", with a key that protects nothing.
const [key, cert] = ['key', 'certificate'].map((name) =>
  readFileSync(new URL(`fixtures/tls/${name}.pem`, import.meta.url), 'utf8'),
);

async function probeOverTls(
  tls: TlsSettings,
  check: Partial<Check> = {},
): Promise<ProbeResult & { readonly names: unknown[] }> {
  const names: unknown[] = [];
  await using server = createServer({ key, cert }, (request, response) => {
    names.push((request.socket as { servername?: string }).servername, request.headers.host);
    response.end('Hello');
  }).listen(0, '127.0.0.1');
  server.on('tlsClientError', () => {});
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const checks = [{ kind: 'http', path: '/', ...check } as Check];
  const result = await probe({ address: '127.0.0.1', port, tls }, checks);
  return { ...result, names: names.map((name) => String(name).replace(String(port), 'PORT')) };
}

test('probe() verifies the certificate by the name it asks for', async () => {
  const result = await probeOverTls({ ca: cert, serverName: 'app.example' });
  expect(result).toMatchObject({ passed: true, names: ['app.example', 'app.example:PORT'] });
});

test.for<[string, TlsSettings, RegExp]>([
  ['that nobody signed', { serverName: 'app.example' }, /self-signed/],
  ['for another name', { ca: cert, serverName: 'other.example' }, /does not match certificate/],
  ['that does not cover the address', { ca: cert }, /IP: 127\.0\.0\.1 is not in the cert/],
])('probe() fails on a certificate %s', async ([, tls, detail]) => {
  const result = await probeOverTls(tls);
  expect(result.passed).toBe(false);
  expect(result.detail).toMatch(detail);
});

test('probe() accepts any certificate only when told to', async () => {
  expect(await probeOverTls({ verify: false })).toMatchObject({ passed: true });
});
