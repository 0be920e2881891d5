import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { inspect } from 'node:util';
import NodeVault from 'node-vault';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { type LoginOptions, loginWithAppRole, type VaultSession } from '../src/index.ts';
import {
  dataAnswer,
  empty,
  errors,
  type FakeVault,
  json,
  loginAnswer,
  raw,
  startFakeVault,
} from './fake-vault.ts';
import { brokerCredential, canaries, logIn, openSession } from './login.ts';
import { waitUntil } from './wait-until.ts';

// What node-vault 0.12 does by itself, each seen here, and that none of it is left in this package. A row that starts
// to fail on its left side tells that node-vault has changed.
interface Fault {
  readonly name: string;
  /** True when plain node-vault shows the fault. */
  readonly plain: (vault: FakeVault, other: FakeVault) => Promise<boolean>;
  /** True when this package shows it. */
  readonly ours: (vault: FakeVault, other: FakeVault) => Promise<boolean>;
  readonly env?: Readonly<Record<string, string>>;
  readonly tls?: boolean;
}

type PlainVault = ReturnType<typeof NodeVault>;

const login = 'POST auth/approle/login';
const secretId = 'POST auth/approle/role/gitlab-ci-runner/secret-id';
const credentials = { role_id: 'role-id-1', secret_id: canaries.secretId };
const requireFromNodeVault = createRequire(createRequire(import.meta.url).resolve('node-vault'));

function plainVault({ address }: FakeVault, options: NodeVault.VaultOptions = {}): PlainVault {
  return NodeVault({ endpoint: address, token: canaries.brokerToken, ...options });
}

async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
    return undefined;
  } catch (error) {
    return error;
  }
}

async function resolves(promise: Promise<unknown>): Promise<boolean> {
  return (await errorOf(promise)) === undefined;
}

function showsSecrets(value: unknown): boolean {
  return /CANARY/.test(`${inspect(value, { depth: 20 })} ${JSON.stringify(value)}`);
}

async function refusingVault(): Promise<FakeVault> {
  const vault = await startFakeVault();
  await vault[Symbol.asyncDispose]();
  return vault;
}

/** What the `debug` package that node-vault uses prints meanwhile, with everything switched on. */
async function debugOutputOf(work: () => Promise<unknown>): Promise<string> {
  const debug = requireFromNodeVault('debug');
  const lines: string[] = [];
  const { log } = debug;
  debug.log = (...args: unknown[]) => lines.push(args.map((arg) => inspect(arg)).join(' '));
  debug.enable('*');
  try {
    await work();
  } finally {
    debug.disable();
    debug.log = log;
  }
  return lines.join('\n');
}

const faults: readonly Fault[] = [
  {
    name: '1: an error of the network shows the token and the body',
    async plain() {
      const client = plainVault(await refusingVault());
      return showsSecrets(await errorOf(client.approleLogin(credentials)));
    },
    async ours() {
      return showsSecrets(await errorOf(logIn(await refusingVault())));
    },
  },
  {
    name: '2: DEBUG=* prints the secret id',
    async plain(vault) {
      vault.script(login, loginAnswer());
      return /CANARY/.test(await debugOutputOf(() => plainVault(vault).approleLogin(credentials)));
    },
    async ours(vault) {
      vault.script(login, loginAnswer());
      return /CANARY/.test(await debugOutputOf(() => logIn(vault)));
    },
  },
  {
    name: '3: a redirect takes the token and the secret id to another host',
    async plain(vault, other) {
      vault.script(login, raw(307, '', { Location: `${other.address}/v1/auth/approle/login` }));
      await errorOf(plainVault(vault).approleLogin(credentials));
      return showsSecrets(other.seen);
    },
    async ours(vault, other) {
      vault.script(login, raw(307, '', { Location: `${other.address}/v1/auth/approle/login` }));
      await errorOf(logIn(vault));
      return other.seen.length > 0;
    },
  },
  {
    name: '4: an AbortSignal is ignored',
    async plain(vault) {
      vault.script('GET a/b', dataAnswer({}));
      return await resolves(plainVault(vault).read('a/b', { signal: AbortSignal.abort() }));
    },
    async ours(vault) {
      const session = await openSession(vault);
      vault.script('GET a/b', dataAnswer({}));
      return await resolves(session.read('a/b', { signal: AbortSignal.abort() }));
    },
  },
  {
    name: '5: nothing is ever repeated',
    async plain(vault) {
      vault.script('GET a/b', errors(412, 'not yet'), dataAnswer({}));
      return !(await resolves(plainVault(vault).read('a/b')));
    },
    async ours(vault) {
      const session = await openSession(vault);
      vault.script('GET a/b', errors(412, 'not yet'), dataAnswer({}));
      return !(await resolves(session.read('a/b')));
    },
  },
  {
    name: '6: 202 is an error',
    async plain(vault) {
      vault.script('POST sys/leases/revoke', empty(202));
      return !(await resolves(plainVault(vault).write('sys/leases/revoke', { lease_id: 'a' })));
    },
    async ours(vault) {
      const session = await openSession(vault);
      vault.script('POST sys/leases/revoke', empty(202));
      return !(await resolves(session.revokeLease('a')));
    },
  },
  {
    name: '7: a refusal below a path with sys/health in it is a success',
    async plain(vault) {
      vault.script('GET secret/data/sys/health', errors(403, 'permission denied'));
      return await resolves(plainVault(vault).read('secret/data/sys/health'));
    },
    async ours(vault) {
      const session = await openSession(vault);
      vault.script('GET secret/data/sys/health', errors(403, 'permission denied'));
      return await resolves(session.read('secret/data/sys/health'));
    },
  },
  {
    name: '8: a login answered with a page in HTML succeeds',
    async plain(vault) {
      vault.script(login, raw(200, '<html>', { 'Content-Type': 'text/html' }));
      return await resolves(plainVault(vault).approleLogin(credentials));
    },
    async ours(vault) {
      vault.script(login, raw(200, '<html>', { 'Content-Type': 'text/html' }));
      return await resolves(logIn(vault));
    },
  },
  {
    name: '9: an option that it does not know is dropped in silence',
    async plain(vault) {
      vault.script(secretId, dataAnswer({ secret_id: 'x' }));
      const options = { role_name: 'gitlab-ci-runner', ttl: '5m' };
      const isAccepted = await resolves(plainVault(vault).getApproleRoleSecret(options));
      return isAccepted && !('ttl' in (vault.seen[0]?.body ?? {}));
    },
    async ours(vault) {
      const credential = { ...brokerCredential, ttl: '5m' };
      return await resolves(logIn(vault, { credential }));
    },
  },
  {
    name: '10: the first token stays in use after a login',
    async plain(vault) {
      vault.script(login, loginAnswer());
      const client = plainVault(vault, { requestOptions: { headers: {} } });
      await client.read('a/b').catch(() => {});
      await client.approleLogin(credentials);
      await client.read('a/b').catch(() => {});
      return vault.seen.at(-1)?.headers['x-vault-token'] === canaries.brokerToken;
    },
    async ours(vault) {
      vault.script(secretId, dataAnswer({ secret_id: canaries.generated }));
      vault.script(login, loginAnswer());
      const session = await logIn(vault, { credential: brokerCredential });
      await errorOf(session.read('a/b'));
      return vault.seen.at(-1)?.headers['x-vault-token'] === canaries.brokerToken;
    },
  },
  {
    name: '11: the name of a role leads to another path',
    async plain(vault) {
      const options = { role_name: '../../../sys/policy?x' };
      await errorOf(plainVault(vault).getApproleRoleSecret(options));
      return vault.seen.some(({ url }) => url.startsWith('/v1/sys/policy'));
    },
    async ours(vault) {
      const credential = { ...brokerCredential, roleName: '../../../sys/policy?x' };
      await errorOf(logIn(vault, { credential }));
      return vault.seen.length > 0;
    },
  },
  {
    name: '12: VAULT_SKIP_VERIFY=false switches the check of certificates off',
    env: { VAULT_SKIP_VERIFY: 'false' },
    tls: true,
    async plain(vault) {
      vault.script(login, loginAnswer());
      return await resolves(plainVault(vault).approleLogin(credentials));
    },
    async ours(vault) {
      vault.script(login, loginAnswer());
      return await resolves(logIn(vault));
    },
  },
  {
    name: '13: a login carries the token of the environment',
    env: { VAULT_TOKEN: 'hvs.CANARY-ambient' },
    async plain(vault) {
      vault.script(login, loginAnswer());
      await plainVault(vault, { token: '' }).approleLogin(credentials);
      return vault.seen[0]?.headers['x-vault-token'] === 'hvs.CANARY-ambient';
    },
    async ours(vault) {
      vault.script(login, loginAnswer());
      await logIn(vault);
      return 'x-vault-token' in (vault.seen[0]?.headers ?? {});
    },
  },
  {
    name: '14: a token of 32 days is renewed all the time',
    async plain(vault) {
      const ttl = 32 * 24 * 60 * 60;
      vault.script('POST auth/token/renew-self', loginAnswer({ lease_duration: ttl }));
      const client = plainVault(vault);
      return await withoutWarnings(async () => {
        await client.startTokenRenewal({ ttl });
        await waitUntil(() => vault.seen.length > 3);
        client.stopTokenRenewal();
        return true;
      });
    },
    async ours(vault) {
      const ttl = 32 * 24 * 60 * 60;
      const session = await openSession(vault);
      vault.script('POST auth/token/renew-self', loginAnswer({ lease_duration: ttl }));
      await session.renew();
      const days = (session.expiresAt.getTime() - Date.parse('2026-01-01')) / 86_400_000;
      return days !== 32 || vault.seen.length !== 2;
    },
  },
  {
    name: '15: its errors cannot be told from others',
    async plain(vault) {
      const error = await errorOf(plainVault(vault).read('a/b'));
      return error instanceof Error && error.name === 'Error';
    },
    async ours(vault) {
      const session = await openSession(vault);
      const error = await errorOf(session.read('a/b'));
      return error instanceof Error && error.name === 'Error';
    },
  },
  {
    name: '16: options of the request become its body',
    async plain(vault) {
      vault.script('POST auth/token/revoke-self', empty());
      await plainVault(vault).tokenRevokeSelf({ requestOptions: { timeout: 5 } });
      return 'requestOptions' in (vault.seen[0]?.body ?? {});
    },
    async ours(vault) {
      const session = await openSession(vault);
      vault.script('POST auth/token/revoke-self', empty());
      await session.revoke({ signal: new AbortController().signal });
      return vault.seen.at(-1)?.text !== '{}';
    },
  },
  {
    name: '18: a proxy of the environment sees the token',
    async plain(vault, proxy) {
      return await withEnvironment({ http_proxy: proxy.address, no_proxy: '' }, async () => {
        await errorOf(plainVault(vault).read('a/b'));
        return proxy.seen[0]?.headers['x-vault-token'] === canaries.brokerToken;
      });
    },
    async ours(vault, proxy) {
      return await withEnvironment({ http_proxy: proxy.address, no_proxy: '' }, async () => {
        const session = await openSession(vault);
        await errorOf(session.read('a/b'));
        return proxy.seen.length > 0;
      });
    },
  },
];

/** Keeps Node's own complaints about node-vault's timers out of the output of the tests. */
async function withoutWarnings<Value>(work: () => Promise<Value>): Promise<Value> {
  const listeners = process.listeners('warning');
  process.removeAllListeners('warning');
  try {
    return await work();
  } finally {
    for (const listener of listeners) process.on('warning', listener);
  }
}

async function withEnvironment<Value>(
  env: Readonly<Record<string, string>>,
  work: () => Promise<Value>,
): Promise<Value> {
  const before = { ...process.env };
  Object.assign(process.env, env);
  try {
    return await work();
  } finally {
    for (const name of Object.keys(env)) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  }
}

function pem(name: string): string {
  return readFileSync(join(import.meta.dirname, 'fixtures', `${name}.pem`), 'utf8');
}

async function observe(fault: Fault, side: Fault['plain']): Promise<boolean> {
  const tls = { key: pem('loopback.key'), cert: pem('loopback.cert') };
  await using vault = await startFakeVault(fault.tls === true ? { tls } : {});
  await using other = await startFakeVault();
  return await withEnvironment(fault.env ?? {}, () => side(vault, other));
}

test('17: its types let everything pass, and these do not', () => {
  // Nothing runs here: the compiler is asked.
  const plain = (client: PlainVault) => client.approleLogin({ rolId: 1, secretId: [] });
  expectTypeOf(plain).returns.resolves.toBeAny();
  expectTypeOf<VaultSession['read']>().returns.resolves.not.toBeAny();
  const misspelled = (options: LoginOptions) =>
    // @ts-expect-error An option that does not exist.
    loginWithAppRole({ ...options, rolId: 'role-id-1' });
  expect([typeof plain, typeof misspelled]).toEqual(['function', 'function']);
});

describe('the faults of node-vault', () => {
  test.each(faults)('$name', async (fault) => {
    expect({
      plain: await observe(fault, fault.plain),
      ours: await observe(fault, fault.ours),
    }).toEqual({ plain: true, ours: false });
  });

  test('axios sees no call of this package', async () => {
    const axios = requireFromNodeVault('axios');
    const { adapter } = axios.defaults;
    const seen: string[] = [];
    axios.defaults.adapter = async ({ url }: { url: string }) => {
      seen.push(url);
      throw new RangeError('axios was used');
    };
    try {
      await using vault = await startFakeVault();
      await errorOf(plainVault(vault).read('a/b'));
      expect(seen).toEqual([`${vault.address}/v1/a/b`]);

      vault.script(secretId, dataAnswer({ secret_id: canaries.generated }));
      vault.script(login, loginAnswer());
      vault.script('GET a/b', json(200, { data: { ok: true } }));
      vault.script('POST auth/token/revoke-self', empty());
      const session = await logIn(vault, { credential: brokerCredential });
      await session.read('a/b');
      await session.revoke();
      expect(seen).toHaveLength(1);
      expect(vault.seen.map(({ headers }) => headers['user-agent'])).toEqual(
        vault.seen.map(() => 'exoship-vault-approle'),
      );
    } finally {
      axios.defaults.adapter = adapter;
    }
  });
});
