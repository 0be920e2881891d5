import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import {
  cut,
  cutMidBody,
  dataAnswer,
  drip,
  empty,
  errors,
  hang,
  json,
  loginAnswer,
  type Reply,
  raw,
  startFakeVault,
} from './fake-vault.ts';
import { brokerCredential, canaries, failureOf, logIn, openSession } from './login.ts';

const login = 'POST auth/approle/login';
const secretId = 'POST auth/approle/role/gitlab-ci-runner/secret-id';

/** Everything by which a value may end up in a log. */
function prints(value: unknown): string[] {
  const own =
    value instanceof Error ? [String(value), value.stack ?? '', inspect(value.cause)] : [];
  const options = { depth: 20, showHidden: true, customInspect: false, getters: true };
  return [
    ...own,
    inspect(value),
    inspect(value, options),
    JSON.stringify(value) ?? '',
    String(value),
  ];
}

function expectNoSecret(value: unknown): void {
  for (const printed of prints(value)) {
    expect(printed).not.toMatch(/CANARY/);
    for (const secret of Object.values(canaries)) {
      expect(printed).not.toContain(Buffer.from(secret).toString('base64').slice(0, 20));
      expect(printed).not.toContain(encodeURIComponent(secret));
    }
  }
}

/** Says all that it was sent back to the client: the worst that a server can do. */
function echo(status: number): Reply {
  return (request, response) => {
    const headers = JSON.stringify(request.headers);
    json(status, { errors: [`you sent ${request.text} with ${headers}`] })(request, response);
  };
}

/** Each told the secret that the client has just sent. */
const mishaps: readonly (readonly [string, (secret: string) => Reply])[] = [
  ['echo as 400', () => echo(400)],
  ['echo as 403', () => echo(403)],
  ['echo as 500', () => echo(500)],
  ['echo as 503', () => echo(503)],
  ['the secret in the text', (secret) => errors(400, `invalid secret_id "${secret}"`)],
  ['a redirect', (secret) => raw(307, '', { Location: `https://x/${secret}` })],
  ['the secret as type', (secret) => raw(200, '<html>', { 'Content-Type': `text/${secret}` })],
  ['cut', cut],
  ['cut in the middle', cutMidBody],
  ['hang', hang],
  ['drip', drip],
  ['a batch token', () => loginAnswer({ token_type: 'batch', data: {} })],
];

async function runWholeSession(
  address: string,
  env: Readonly<Record<string, string>>,
): Promise<{ readonly out: string; readonly err: string }> {
  const fixture = fileURLToPath(new URL('./fixtures/whole-session.ts', import.meta.url));
  const child = spawn(process.execPath, [fixture, address, canaries.secretId], { env });
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { out, err };
}

function pem(name: string): string {
  return readFileSync(join(import.meta.dirname, 'fixtures', `${name}.pem`), 'utf8');
}

// One try each: long enough for a busy machine, short enough for the servers that never answer.
const limits = { requestTimeoutMs: 250, deadlineMs: 250 };

describe('secrets', () => {
  test.concurrent.each(mishaps)('are in no error of a login: %s', async (_what, mishap) => {
    await using vault = await startFakeVault();
    vault.script(login, mishap(canaries.secretId));
    expectNoSecret(await failureOf(logIn(vault, limits)));
    vault.script(secretId, dataAnswer({ secret_id: canaries.generated }));
    vault.script(login, mishap(canaries.generated));
    expectNoSecret(await failureOf(logIn(vault, { ...limits, credential: brokerCredential })));
    vault.script(secretId, mishap(canaries.brokerToken));
    expectNoSecret(await failureOf(logIn(vault, { ...limits, credential: brokerCredential })));
  });

  test.concurrent.each(mishaps.slice(0, -1))(
    'are in no error of a session: %s',
    async (_what, mishap) => {
      await using vault = await startFakeVault();
      const session = await openSession(vault, limits);
      const lease = 'exoscale/apikey/ci/1';
      const calls = [
        ['GET a/b', () => session.read('a/b')],
        ['POST sys/leases/revoke', () => session.revokeLease(lease)],
        ['POST sys/leases/lookup', () => session.lookupLease(lease)],
        ['POST auth/token/renew-self', () => session.renew()],
      ] as const;
      for (const [path, call] of calls) {
        vault.script(path, mishap(canaries.token));
        expectNoSecret(await failureOf(call()));
      }
    },
  );

  test('of a lease are taken out of what Vault says later', async () => {
    await using vault = await startFakeVault();
    const session = await openSession(vault);
    vault.script('GET exoscale/apikey/ci', dataAnswer({ api_secret: 'CANARY-api-secret-5555' }));
    await session.read('exoscale/apikey/ci');
    vault.script('POST sys/leases/lookup', errors(400, 'bad key CANARY-api-secret-5555'));
    const failure = await failureOf(session.lookupLease('a'));
    expect(failure.message).toContain('bad key [redacted]');
  });

  test('are not in a session', async () => {
    await using vault = await startFakeVault();
    expectNoSecret(await openSession(vault));
  });

  test('stay out of what a process prints in a hostile environment, which is not obeyed', async () => {
    await using vault = await startFakeVault();
    await using other = await startFakeVault();
    vault.script(login, loginAnswer());
    vault.script('GET a/b', dataAnswer({ ok: true }));
    vault.script('POST auth/token/revoke-self', empty());
    const { out, err } = await runWholeSession(vault.address, {
      DEBUG: '*',
      VAULT_ADDR: other.address,
      VAULT_TOKEN: 'hvs.CANARY-ambient',
      VAULT_PREFIX: '/elsewhere',
      VAULT_NAMESPACE: 'elsewhere',
      VAULT_SKIP_VERIFY: 'false',
      NODE_USE_ENV_PROXY: '1',
      HTTP_PROXY: other.address,
      http_proxy: other.address,
    });
    expect(out).toBe('{"ok":true}\n');
    expect(err).not.toContain('CANARY');
    expect(vault.urls()).toEqual([
      'POST /v1/auth/approle/login',
      'GET /v1/a/b',
      'POST /v1/auth/token/revoke-self',
    ]);
    for (const { headers } of vault.seen) expect(headers).not.toHaveProperty('x-vault-namespace');
    expect(vault.seen[0]?.headers).not.toHaveProperty('x-vault-token');
    expect(other.seen).toEqual([]);
  });

  test('go to no server without a trusted certificate, whatever the environment says', async () => {
    const tls = { key: pem('loopback.key'), cert: pem('loopback.cert') };
    await using vault = await startFakeVault({ tls });
    const { err } = await runWholeSession(vault.address, {
      NODE_TLS_REJECT_UNAUTHORIZED: '0',
      VAULT_SKIP_VERIFY: 'true',
    });
    expect(err).toContain('untrusted-certificate');
    expect(vault.seen).toEqual([]);
  });
});
