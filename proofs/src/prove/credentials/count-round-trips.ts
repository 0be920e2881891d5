import { trustIdTokens } from './id-tokens.ts';
import { plainJob } from './row.ts';
import { runJob } from './run-job.ts';
import { type Env, openWorld, type World } from './world.ts';

/** HTTP round trips of one way to get a key and give it back, counted on the wire. */
export interface RoundTrips {
  readonly way: string;
  /** One after the other, until the key is there. */
  readonly toKey: number;
  /** Beside them, adding no time: keeping the broker's token alive, asking where the zones are. */
  readonly beside: number;
  /** Revocation, its proof, and the token. */
  readonly cleanup: number;
  readonly keysLeft: number;
  readonly tokensLeft: number;
}

/** What is aimed at, by way. */
const limits: Readonly<Record<string, Pick<RoundTrips, 'toKey' | 'cleanup'>>> = {
  'JWT + mint': { toKey: 2, cleanup: 4 },
  'broker + AppRole + mint': { toKey: 3, cleanup: 4 },
  'the same, wrapping forced': { toKey: 5, cleanup: 4 },
};

export async function countRoundTrips(seed: number): Promise<readonly RoundTrips[]> {
  return [
    await count('JWT + mint', seed, async ({ root, idTokens }) => {
      await trustIdTokens(root, idTokens);
      return { VAULT_ID_TOKEN: idTokens.issue(), VAULT_TOKEN: undefined };
    }),
    await count('broker + AppRole + mint', seed, async () => ({})),
    await count('the same, wrapping forced', seed, async (world) => {
      return await world.configure('{ kind: broker, wrapTtl: 60s }');
    }),
    await countArticle(seed),
  ];
}

/** What is more than it may be. */
export function tooMany(counted: readonly RoundTrips[]): readonly string[] {
  return counted.flatMap(({ way, toKey, cleanup, keysLeft, tokensLeft }) => {
    const limit = limits[way];
    if (limit === undefined) return [];
    const isFine = toKey <= limit.toKey && cleanup <= limit.cleanup && keysLeft + tokensLeft === 0;
    return isFine
      ? []
      : [`${way}: ${toKey} to the key, ${cleanup} after it, ${keysLeft} keys left`];
  });
}

async function count(
  way: string,
  seed: number,
  arrange: (world: World) => Promise<Env>,
): Promise<RoundTrips> {
  await using world = await openWorld(seed);
  const options = { env: world.env(await arrange(world)), cwd: world.folder };
  await runJob(plainJob, { ...options, temporary: world.temporary });
  const all = world.tap.exchanges.map(({ call }) => call);
  const calls = all.filter((call) => !isBeside(call));
  const toKey = calls.findIndex((call) => call.startsWith('GET /v1/exoscale/apikey/')) + 1;
  const beside = all.length - calls.length;
  return { way, toKey, beside, cleanup: calls.length - toKey, ...left(world) };
}

function isBeside(call: string): boolean {
  return call === 'POST /v1/auth/token/renew-self' || call === 'GET /v2/zone';
}

/** Three lines of shell, as the article has them: the token is overwritten, the key is never given back. */
async function countArticle(seed: number): Promise<RoundTrips> {
  await using world = await openWorld(seed);
  const { tap, sandbox } = world;
  const call = async (method: string, path: string, token?: string, body?: object) => {
    const answer = await fetch(`${tap.origin}/v1/${path}`, {
      method,
      ...(token !== undefined && { headers: { 'x-vault-token': token } }),
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return (await answer.json()) as Record<string, Record<string, string> | undefined>;
  };
  const broker = sandbox.brokerToken.reveal();
  const role = `auth/approle/role/${sandbox.roleName}`;
  const made = await call('POST', `${role}/secret-id`, broker, {});
  const login = { role_id: sandbox.roleId, secret_id: made.data?.secret_id };
  const { auth } = await call('POST', 'auth/approle/login', undefined, login);
  await call('GET', 'exoscale/apikey/exoship-test', auth?.client_token);
  const toKey = tap.exchanges.length;
  return { way: "the article's shell", toKey, beside: 0, cleanup: 0, ...left(world) };
}

function left({ sandbox }: World): Pick<RoundTrips, 'keysLeft' | 'tokensLeft'> {
  const { leases, tokens } = sandbox.vault.snapshot();
  return {
    keysLeft: leases.length,
    tokensLeft: tokens.filter(({ path }) => path.endsWith('/login')).length,
  };
}
