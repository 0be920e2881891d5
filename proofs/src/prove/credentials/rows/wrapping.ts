import { setTimeout as delay } from 'node:timers/promises';
import { asRoot, changePolicy, deliverWrapped } from '../as-root.ts';
import type { Group, Row } from '../row.ts';
import type { Env, World } from '../world.ts';

const login = "{ kind: wrapped-secret-id, from: 'env:VAULT_WRAPPED_SECRET_ID', ttl: 60s }";
const unwrapPath = 'sys/wrapping/unwrap';
const broker = 'gitlab-ci-runner-secrets';
const forced =
  'path "auth/approle/role/gitlab-ci-runner/secret-id" { capabilities = ["update"] min_wrapping_ttl = "1s" max_wrapping_ttl = "90s" }';

async function withToken(world: World, token: string, how = login): Promise<Env> {
  const env = await world.configure(how);
  return { ...env, VAULT_TOKEN: undefined, VAULT_WRAPPED_SECRET_ID: token };
}

const row = (
  name: string,
  exitCode: number,
  make: (world: World) => Promise<string>,
  more: Partial<Row> = {},
): Row => ({
  name,
  arrange: async (world) => await withToken(world, await make(world)),
  exitCode,
  ...(exitCode === 17 && { says: /somebody else may have|may have taken effect/ }),
  ...more,
});

const rows: readonly Row[] = [
  row('good wrapping token', 0, async (world) => await deliverWrapped(world)),
  row(
    'wrapped by anybody, at sys/wrapping/wrap',
    17,
    async (world) =>
      await deliverWrapped(world, {
        path: 'sys/wrapping/wrap',
        body: { secret_id: 'forged-by-somebody' },
      }),
  ),
  row('made for another role', 17, async (world) => {
    await asRoot(world, 'auth/approle/role/other', { token_policies: ['default'] });
    return await deliverWrapped(world, { path: 'auth/approle/role/other/secret-id' });
  }),
  row('made at a path that begins alike', 17, async (world) => {
    await asRoot(world, 'auth/approle/role/gitlab-ci-runner2', { token_policies: ['default'] });
    return await deliverWrapped(world, { path: 'auth/approle/role/gitlab-ci-runner2/secret-id' });
  }),
  row('made at a path that ends alike', 17, async (world) => {
    await asRoot(world, 'sys/auth/x', { type: 'approle' });
    await asRoot(world, 'auth/x/role/gitlab-ci-runner', { token_policies: ['default'] });
    return await deliverWrapped(world, { path: 'auth/x/role/gitlab-ci-runner/secret-id' });
  }),
  row('opened by somebody else', 17, async (world) => {
    const token = await deliverWrapped(world);
    await asRoot(world, unwrapPath, { token });
    return token;
  }),
  row('expired', 17, async (world) => {
    const token = await deliverWrapped(world, { ttl: '1s' });
    await delay(1_300);
    return token;
  }),
  row(
    'wrapped again for another time',
    17,
    async (world) => await deliverWrapped(world, { ttl: '90s' }),
  ),
  row('forged', 17, async () => 'hvs.CAESIJforgedforgedforgedforged'),
  row('opened between the look and the opening', 17, async (world) => {
    const text = 'wrapping token is not valid or does not exist';
    const effect = { kind: 'status', status: 400, errors: [text] } as const;
    world.sandbox.vault.inject({ path: unwrapPath, effect });
    return await deliverWrapped(world);
  }),
  row('opened, but the answer was lost', 17, async (world) => {
    world.sandbox.vault.inject({ path: unwrapPath, effect: { kind: 'cut', at: 'after' } });
    return await deliverWrapped(world);
  }),
  row('holding no secret id', 10, async (world) => {
    const body = '{"data":{"password":"x"}}';
    world.sandbox.vault.inject({ path: unwrapPath, effect: { kind: 'content', body } });
    return await deliverWrapped(world);
  }),
  row('holding a login', 10, async (world) => {
    const body = '{"data":null,"auth":{"client_token":"hvs.x"}}';
    world.sandbox.vault.inject({ path: unwrapPath, effect: { kind: 'content', body } });
    return await deliverWrapped(world);
  }),
  row('while Vault is sealed for a moment', 0, async (world) => {
    world.sandbox.vault.inject({ path: 'sys/wrapping/*', times: 2, effect: { kind: 'sealed' } });
    return await deliverWrapped(world);
  }),
  {
    name: 'missing, although expected',
    arrange: async (world) => await withToken(world, ''),
    exitCode: 2,
    says: /VAULT_WRAPPED_SECRET_ID is not set/,
  },
  {
    name: 'demanded by the policy of the broker, and asked for',
    arrange: async (world) => {
      await changePolicy(world, broker, forced);
      return await world.configure('{ kind: broker, wrapTtl: 60s }');
    },
    exitCode: 0,
  },
  {
    name: 'demanded by the policy of the broker, and not asked for',
    arrange: async (world) => await changePolicy(world, broker, forced),
    exitCode: 10,
    says: /min_wrapping_ttl/,
  },
];

const withoutAccessor: Row = {
  name: 'server that does not tell the wrapped accessor',
  arrange: async (world) => {
    await changePolicy(world, broker, forced);
    world.tap.amend('POST /v1/auth/approle/role/', (text) =>
      text.replace(/,"wrapped_accessor":"[^"]*"/, ''),
    );
    return await world.configure('{ kind: broker, wrapTtl: 60s }');
  },
  exitCode: 0,
};

export const wrapping: Group = {
  name: 'wrapping',
  rows: [...rows, withoutAccessor],
  skipped: [],
};
