import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { changePolicy } from '../as-root.ts';
import { hasOpenssl, makeCertificate } from '../certificates.ts';
import type { Group, Row } from '../row.ts';
import { type Answer, openWireTap } from '../wire-tap.ts';
import type { World } from '../world.ts';

type Effect = Extract<
  Parameters<World['sandbox']['vault']['inject']>[0],
  { effect: unknown }
>['effect'];

const login = 'auth/approle/login';
const mint = 'exoscale/apikey/*';

const fault = (
  name: string,
  path: string,
  times: number,
  effect: Effect,
  row: Omit<Row, 'name'>,
): Row => ({
  name,
  arrange: async ({ sandbox }) => void sandbox.vault.inject({ path, times, effect }),
  ...row,
});

const status = (
  code: number,
  headers: Readonly<Record<string, string>> = {},
  errors: readonly string[] = [],
): Effect => ({
  kind: 'status',
  status: code,
  errors,
  headers,
});

/** Redirects the login to a server that remembers whether anybody came. */
const redirect = (name: string, scheme: 'http' | 'https', host: string): Row => {
  let visits = 0;
  const server = createServer((_request, response) => {
    visits += 1;
    response.end('{"auth":{"client_token":"hvs.evil-evil-evil-evil"}}');
  }).unref();
  return {
    name,
    arrange: async ({ sandbox }) => {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as AddressInfo;
      const origin = `${scheme}://${host}:${port}`;
      sandbox.vault.inject({ path: login, effect: { kind: 'redirect', origin } });
    },
    exitCode: 10,
    says: /was not followed/,
    check: () => {
      server.close();
      return visits === 0 ? undefined : `${visits} requests went where they must not`;
    },
  };
};

const rows: readonly Row[] = [
  fault('sealed, then unsealed in time', '*', 3, { kind: 'sealed' }, { exitCode: 0 }),
  fault('sealed for longer', '*', 999, { kind: 'sealed' }, { exitCode: 10, says: /sealed/ }),
  fault('not initialised', '*', 9, status(501), { exitCode: 10 }),
  redirect('standby that sends to another port', 'http', '127.0.0.1'),
  redirect('standby that sends to another host', 'http', 'localhost'),
  redirect('standby that sends to another scheme', 'https', '127.0.0.1'),
  ...[301, 302, 303].map((code) =>
    fault(`redirect ${code}`, login, 1, status(code, { location: 'http://127.0.0.1:1/v1/x' }), {
      exitCode: 10,
      says: /was not followed/,
    }),
  ),
  {
    name: 'redirect to itself, over http',
    arrange: async ({ sandbox, tap }) =>
      void sandbox.vault.inject({
        path: login,
        times: 99,
        effect: { kind: 'redirect', origin: tap.origin },
      }),
    exitCode: 10,
    says: /was not followed/,
  },
  fault('429 without Retry-After', login, 2, status(429), { exitCode: 0 }),
  fault('429 with Retry-After: 1', login, 1, status(429, { 'retry-after': '1' }), { exitCode: 0 }),
  fault(
    '429 with a date',
    login,
    1,
    status(429, { 'retry-after': 'Fri, 01 Jan 2100 00:00:00 GMT' }),
    { exitCode: 0 },
  ),
  fault('429 with Retry-After: 10000', login, 9, status(429, { 'retry-after': '10000' }), {
    exitCode: 10,
    says: /429/,
  }),
  fault('429 standby at the mint', mint, 1, status(429), { exitCode: 0 }),
  fault('503 three times', login, 3, status(503), { exitCode: 0 }),
  fault('503 for ever', login, 999, status(503), { exitCode: 10 }),
  fault('502 once, which may have spent the secret id', login, 1, status(502), { exitCode: 0 }),
  fault(
    '504 after the login took effect',
    login,
    1,
    { kind: 'status', status: 504, isLate: true },
    { exitCode: 0, leaves: true },
  ),
  fault('500', login, 1, status(500), { exitCode: 10 }),
  fault('412 twice, at the login', login, 2, status(412), { exitCode: 0 }),
  fault('412 twice, at the mint', mint, 2, status(412), { exitCode: 0 }),
  {
    name: 'policy that lost the right to mint',
    arrange: async (world) =>
      await changePolicy(world, 'exoscale-create-apikey', 'path "x" { capabilities = ["read"] }'),
    exitCode: 10,
    says: /denied|permission/,
  },
  {
    name: 'engine that was moved',
    arrange: async (world) =>
      await world.configure(undefined, (text) =>
        text.replace(/( +)appRole:/, '$1mounts: { exoscale: elsewhere }\n$1appRole:'),
      ),
    exitCode: 10,
  },
  fault(
    'error without a body',
    login,
    1,
    { kind: 'content', status: 500, body: '' },
    { exitCode: 10 },
  ),
  fault('error without messages', login, 1, status(400), { exitCode: 10 }),
  fault(
    'error in HTML',
    login,
    1,
    { kind: 'content', status: 400, body: '<h1>Bad</h1>', contentType: 'text/html' },
    { exitCode: 10 },
  ),
  fault(
    'error that forges lines of the log',
    login,
    1,
    status(400, {}, ['no\n\u001b[2Jerror: all is well']),
    {
      exitCode: 10,
      saysNot: /^error: all is well/m,
    },
  ),
  {
    name: 'error that repeats the broker token',
    arrange: async ({ sandbox }) => {
      const errors = [`invalid token ${sandbox.brokerToken.reveal()}`];
      sandbox.vault.inject({ path: login, effect: { kind: 'status', status: 400, errors } });
    },
    exitCode: 10,
    says: /\[redacted\]/,
  },
];

const amended = (
  name: string,
  change: (text: string) => string | Answer,
  row: Omit<Row, 'name'>,
): Row => ({
  name,
  arrange: async ({ tap }) => tap.amend(`POST /v1/${login}`, change),
  ...row,
});

const sameOrigin: Row = {
  name: 'redirect within the same https origin',
  arrange: async (world) => {
    const own = await makeCertificate(world.folder, 'good');
    const front = await openWireTap(world.tap.origin, own);
    world.use(front);
    let isRedirected = false;
    front.intercept(({ call }) => {
      if (isRedirected || !call.endsWith(login)) return undefined;
      isRedirected = true;
      return { status: 307, headers: { location: `${front.origin}/v1/${login}` }, body: '' };
    });
    return { VAULT_ADDR: front.origin, VAULT_CACERT: own.certFile };
  },
  exitCode: 0,
};

const answersFromElsewhere: readonly Row[] = [
  amended(
    'compressed answer, which nobody asked for',
    (text) => ({ status: 200, headers: { 'content-encoding': 'gzip' }, body: gzipSync(text) }),
    { exitCode: 10, leaves: true },
  ),
  amended(
    'warnings of Vault beside a good answer',
    (text) => text.replace('"warnings":null', '"warnings":["TTL of \\"2h\\" is capped"]'),
    { exitCode: 0 },
  ),
  amended(
    'token that cannot be renewed',
    (text) => text.replace('"renewable":true,"entity', '"renewable":false,"entity'),
    { exitCode: 0 },
  ),
  {
    name: 'wrong namespace',
    arrange: async ({ tap }) => {
      tap.intercept(({ call, headers }) => {
        if (headers['x-vault-namespace'] !== 'team-blue/') return undefined;
        const errors = [`no handler for route "${call.split('/v1/')[1]}". route entry not found.`];
        return { status: 404, body: JSON.stringify({ errors }) };
      });
      return { VAULT_NAMESPACE: 'team-blue/' };
    },
    exitCode: 10,
    says: /no handler for route/,
  },
  {
    name: 'performance standby (473) at sys/health',
    arrange: async ({ tap }) => {
      const health = { initialized: true, sealed: false, version: '1.21.4+ent' };
      const now = Math.floor(Date.now() / 1_000);
      const body = JSON.stringify({ ...health, performance_standby: true, server_time_utc: now });
      tap.intercept(({ call }) =>
        call.includes('/sys/health') ? { status: 473, body } : undefined,
      );
    },
    argv: ['doctor'],
    exitCode: 0,
    says: /Vault 1\.21\.4\+ent is standby/,
  },
];

export const server: Group = {
  name: 'server',
  rows: [...rows, ...answersFromElsewhere, ...(hasOpenssl() ? [sameOrigin] : [])],
  skipped: hasOpenssl()
    ? []
    : [{ name: sameOrigin.name, why: 'there is no openssl to make a certificate with' }],
};
