import { X509Certificate } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { SecureVersion } from 'node:tls';
import { hasOpenssl, makeCertificate, makeExpiredCertificate } from '../certificates.ts';
import type { Group, Row, SkippedRow } from '../row.ts';
import { openWireTap } from '../wire-tap.ts';
import type { Env, World } from '../world.ts';

const login = 'auth/approle/login';
const refused = /certificate|altnames|fingerprint|self.signed/i;

const withAddress = (address: string) => async (): Promise<Env> => ({ VAULT_ADDR: address });

/** A Vault behind TLS; the job trusts what `env` says. Nothing secret may have come when it is refused. */
const tls = (
  name: string,
  exitCode: number,
  arrange: (world: World) => Promise<{
    readonly server: {
      readonly key: string;
      readonly cert: string;
      readonly minVersion?: SecureVersion;
      readonly maxVersion?: SecureVersion;
      readonly requestCert?: boolean;
      readonly ca?: string;
    };
    readonly env: Env;
  }>,
  says?: RegExp,
): Row => {
  let arrived: () => number = () => 0;
  return {
    name: `TLS: ${name}`,
    arrange: async (world) => {
      const { server, env } = await arrange(world);
      const front = await openWireTap(world.tap.origin, {
        rejectUnauthorized: server.requestCert === true,
        ...server,
      });
      world.use(front);
      arrived = () => front.exchanges.length;
      return { VAULT_ADDR: front.origin, ...env };
    },
    exitCode,
    ...(says && { says }),
    check: () =>
      exitCode !== 0 && arrived() > 0 ? `${arrived()} requests were sent all the same` : undefined,
  };
};

const tlsRows: readonly Row[] = [
  tls('an authority of its own', 0, async ({ folder }) => {
    const server = await makeCertificate(folder, 'good');
    return { server, env: { VAULT_CACERT: server.certFile } };
  }),
  tls(
    'an unknown authority',
    10,
    async ({ folder }) => {
      return { server: await makeCertificate(folder, 'good'), env: {} };
    },
    refused,
  ),
  tls(
    'an unknown authority, and switches that would trust it',
    10,
    async ({ folder }) => ({
      server: await makeCertificate(folder, 'good'),
      env: { VAULT_SKIP_VERIFY: 'true', NODE_TLS_REJECT_UNAUTHORIZED: '0' },
    }),
    refused,
  ),
  tls(
    'an expired certificate',
    10,
    async ({ folder }) => {
      const server = await makeExpiredCertificate(folder);
      return { server, env: { VAULT_CACERT: server.certFile } };
    },
    /expired/,
  ),
  tls('VAULT_SKIP_VERIFY=false', 0, async ({ folder }) => {
    const server = await makeCertificate(folder, 'good');
    return { server, env: { VAULT_CACERT: server.certFile, VAULT_SKIP_VERIFY: 'false' } };
  }),
  tls(
    'a certificate for another host',
    10,
    async ({ folder }) => {
      const server = await makeCertificate(folder, 'other', { subject: 'DNS:vault.example' });
      return { server, env: { VAULT_CACERT: server.certFile } };
    },
    refused,
  ),
  tls('a certificate for another name, which is asked for', 0, async ({ folder }) => {
    const server = await makeCertificate(folder, 'other', { subject: 'DNS:vault.example' });
    return {
      server,
      env: { VAULT_CACERT: server.certFile, VAULT_TLS_SERVER_NAME: 'vault.example' },
    };
  }),
  tls('TLS 1.1 only', 10, async ({ folder }) => {
    const server = await makeCertificate(folder, 'good');
    return {
      server: { ...server, minVersion: 'TLSv1' as const, maxVersion: 'TLSv1.1' as const },
      env: { VAULT_CACERT: server.certFile },
    };
  }),
  tls('the pinned certificate', 0, async (world) => {
    const server = await makeCertificate(world.folder, 'good');
    return {
      server,
      env: { ...(await pinned(world, server.cert)), VAULT_CACERT: server.certFile },
    };
  }),
  tls(
    'another certificate than the pinned one',
    10,
    async (world) => {
      const server = await makeCertificate(world.folder, 'good');
      const other = await makeCertificate(world.folder, 'other');
      return {
        server,
        env: { ...(await pinned(world, other.cert)), VAULT_CACERT: server.certFile },
      };
    },
    refused,
  ),
  tls('a Vault that asks for our certificate', 0, async ({ folder }) => {
    const server = await makeCertificate(folder, 'good');
    const own = await makeCertificate(folder, 'own');
    return {
      server: { ...server, requestCert: true, ca: own.cert },
      env: {
        VAULT_CACERT: server.certFile,
        VAULT_CLIENT_CERT: own.certFile,
        VAULT_CLIENT_KEY: own.keyFile,
      },
    };
  }),
  tls('a Vault that asks for our certificate in vain', 10, async ({ folder }) => {
    const server = await makeCertificate(folder, 'good');
    const own = await makeCertificate(folder, 'own');
    return {
      server: { ...server, requestCert: true, ca: own.cert },
      env: { VAULT_CACERT: server.certFile },
    };
  }),
];

async function pinned(world: World, cert: string): Promise<Env> {
  const { fingerprint256 } = new X509Certificate(cert);
  return await world.configure(undefined, (text) =>
    text.replace(/( +)appRole:/, `$1tls: { fingerprint: '${fingerprint256}' }\n$1appRole:`),
  );
}

type Effect = Extract<
  Parameters<World['sandbox']['vault']['inject']>[0],
  { effect: unknown }
>['effect'];

const cutting = (
  name: string,
  path: string,
  effect: Effect,
  row: Omit<Row, 'name'>,
  times = 1,
): Row => ({
  name,
  arrange: async ({ sandbox }) => void sandbox.vault.inject({ path, times, effect }),
  ...row,
});

/** Takes connections and never says a word. */
const silent: Row = (() => {
  const sockets = new Set<Socket>();
  const server = createServer(
    (socket) => void sockets.add(socket.on('error', () => undefined)),
  ).unref();
  return {
    name: 'stall while connecting (TLS)',
    arrange: async () => {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return { VAULT_ADDR: `https://127.0.0.1:${(server.address() as AddressInfo).port}` };
    },
    exitCode: 10,
    says: /no connection within/,
    check: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      return undefined;
    },
  };
})();

/** Nobody comes: a proxy is used only where one is asked for, and nothing asks. */
const proxy407: Row = (() => {
  let visits = 0;
  const proxy = createServer((socket) => {
    visits += 1;
    socket.on('error', () => undefined);
    socket.end('HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n');
  }).unref();
  return {
    name: 'proxy that answers 407',
    arrange: async () => {
      await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
      const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
      return { HTTP_PROXY: url, HTTPS_PROXY: url, http_proxy: url, ALL_PROXY: url };
    },
    exitCode: 0,
    check: () => {
      proxy.close();
      return visits === 0 ? undefined : `${visits} requests went to the proxy`;
    },
  };
})();

const hasIpv6 = Object.values(networkInterfaces()).some((addresses) =>
  addresses?.some(({ address }) => address === '::1'),
);

const ipv6: Row = {
  name: 'IPv6',
  arrange: async (world) => {
    const front = await openWireTap(world.tap.origin, undefined, '::1');
    world.use(front);
    return { VAULT_ADDR: front.origin };
  },
  exitCode: 0,
};

const rows: readonly Row[] = [
  {
    name: 'nobody listens',
    arrange: withAddress('http://127.0.0.1:1'),
    exitCode: 10,
    says: /ECONNREFUSED/,
  },
  {
    name: 'host that is not known',
    arrange: withAddress('https://vault.invalid'),
    exitCode: 10,
    says: /ENOTFOUND|EAI_AGAIN|getaddrinfo/,
  },
  {
    name: 'https asked of a server that speaks http',
    arrange: async ({ tap }) => ({ VAULT_ADDR: tap.origin.replace('http:', 'https:') }),
    exitCode: 10,
  },
  cutting(
    'cut before the login took effect',
    login,
    { kind: 'cut', at: 'before' },
    { exitCode: 0 },
  ),
  cutting(
    'cut after the login took effect: its secret id is spent, its token unknown',
    login,
    { kind: 'cut', at: 'after' },
    { exitCode: 0, leaves: true },
  ),
  cutting(
    'cut in the middle of the answer',
    login,
    { kind: 'cut', at: 'body' },
    { exitCode: 0, leaves: true },
  ),
  {
    name: 'cut after a login that nobody can repeat',
    arrange: async (world) => {
      const { deliverSecretId } = await import('../as-root.ts');
      world.sandbox.vault.inject({ path: login, effect: { kind: 'cut', at: 'after' } });
      const env = await world.configure("{ kind: secret-id, from: 'env:VAULT_SECRET_ID' }");
      return { ...env, VAULT_TOKEN: undefined, VAULT_SECRET_ID: await deliverSecretId(world) };
    },
    exitCode: 10,
    says: /may have taken effect/,
    leaves: true,
  },
  cutting(
    'cut while a secret id is made',
    'auth/approle/role/*',
    { kind: 'cut', at: 'after' },
    { exitCode: 0 },
  ),
  cutting('stall of the answer', login, { kind: 'stall' }, { exitCode: 10 }, 9),
  cutting('answer that drips for ever', login, { kind: 'drip' }, { exitCode: 10, leaves: true }, 9),
  silent,
  {
    name: 'proxies in the environment are not used',
    arrange: async () => ({
      HTTP_PROXY: 'http://127.0.0.1:1',
      HTTPS_PROXY: 'http://127.0.0.1:1',
      http_proxy: 'http://127.0.0.1:1',
    }),
    exitCode: 0,
  },
  proxy407,
  ...(hasIpv6 ? [ipv6] : []),
  ...(hasOpenssl() ? tlsRows : []),
];

const withoutOpenssl: readonly SkippedRow[] = hasOpenssl()
  ? []
  : tlsRows.map(({ name }) => ({ name, why: 'there is no openssl to make certificates with' }));

export const network: Group = {
  name: 'network',
  rows,
  skipped: [
    ...withoutOpenssl,
    ...(hasIpv6 ? [] : [{ name: ipv6.name, why: 'this machine has no ::1' }]),
  ],
};
