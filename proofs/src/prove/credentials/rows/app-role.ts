import { setTimeout as delay } from 'node:timers/promises';
import { startSandbox } from '@exoship/sandbox';
import { changeAppRole, deliverSecretId } from '../as-root.ts';
import type { Group, Row } from '../row.ts';
import type { Env, World } from '../world.ts';

const login = "{ kind: secret-id, from: 'env:VAULT_SECRET_ID' }";

async function withSecretId(world: World, secretId: string): Promise<Env> {
  return { ...(await world.configure(login)), VAULT_TOKEN: undefined, VAULT_SECRET_ID: secretId };
}

const changed = (
  name: string,
  fields: Readonly<Record<string, unknown>>,
  row: Omit<Row, 'name'>,
): Row => ({
  name,
  arrange: async (world) => await changeAppRole(world, fields),
  ...row,
});

/** Vault answers 200 to the login, but it is no login. */
const answered = (name: string, body: string, contentType?: string): Row => ({
  name: `login answered by ${name}`,
  arrange: async ({ sandbox }) => {
    const effect = { kind: 'content', body, ...(contentType && { contentType }) } as const;
    sandbox.vault.inject({ path: 'auth/approle/login', times: 9, effect });
  },
  exitCode: 10,
  says: /Vault: Cannot log in/,
});

const auth = (fields: object): string =>
  JSON.stringify({ request_id: 'x', data: null, auth: fields });

const rows: readonly Row[] = [
  {
    name: 'wrong role id',
    arrange: async () => ({ VAULT_ROLE_ID: '00000000-0000-4000-8000-000000000000' }),
    exitCode: 10,
    says: /wrong, expired, used up or destroyed/,
  },
  {
    name: 'wrong secret id',
    arrange: async (world) => await withSecretId(world, '11111111-0000-4000-8000-000000000000'),
    exitCode: 10,
    says: /invalid role or secret ID/,
  },
  {
    name: 'good secret id, delivered by somebody else',
    arrange: async (world) => await withSecretId(world, await deliverSecretId(world)),
    exitCode: 0,
    says: /this login cannot be repeated/,
  },
  {
    name: 'used secret id',
    arrange: async (world) => {
      const secretId = await deliverSecretId(world);
      await world.root.write('auth/approle/login', {
        role_id: world.sandbox.roleId,
        secret_id: secretId,
      });
      const { tokens } = world.sandbox.vault.snapshot();
      const token = tokens.find(({ path }) => path === 'auth/approle/login');
      await world.root.write('auth/token/revoke-accessor', { accessor: token?.accessor });
      return await withSecretId(world, secretId);
    },
    exitCode: 10,
  },
  {
    name: 'destroyed secret id',
    arrange: async (world) => {
      const secretId = await deliverSecretId(world);
      const path = 'auth/approle/role/gitlab-ci-runner/secret-id/destroy';
      await world.root.write(path, { secret_id: secretId });
      return await withSecretId(world, secretId);
    },
    exitCode: 10,
  },
  {
    name: 'expired secret id that was not tidied yet',
    arrange: async (world) => {
      const secretId = await deliverSecretId(world, { ttl: '1s' });
      await delay(1_200);
      return await withSecretId(world, secretId);
    },
    exitCode: 0,
  },
  {
    name: 'secret id for one login, raced by two jobs',
    arrange: async (world) => await withSecretId(world, await deliverSecretId(world)),
    exitCode: 0,
    together: [0, 10],
  },
  changed(
    'secret id bound to other addresses',
    { secret_id_bound_cidrs: ['10.0.0.0/8'] },
    { exitCode: 10, says: /CIDR/ },
  ),
  changed(
    'token bound to other addresses',
    { token_bound_cidrs: ['10.0.0.0/8'] },
    { exitCode: 10, leaves: true },
  ),
  changed(
    'role without secret ids',
    { bind_secret_id: false, token_bound_cidrs: ['127.0.0.0/8'] },
    { exitCode: 10, says: /bind_secret_id/ },
  ),
  changed(
    'batch tokens',
    { token_type: 'batch' },
    { exitCode: 10, says: /batch tokens/, leaves: true },
  ),
  changed('token for one use', { token_num_uses: 1 }, { exitCode: 10, says: /one use left/ }),
  changed(
    'token for three uses',
    { token_num_uses: 3 },
    { exitCode: 0, says: /good for 3 calls: with the last it ends/ },
  ),
  answered(
    'a demand for a second factor',
    auth({ client_token: '', mfa_requirement: { id: 'x' } }),
  ),
  answered('an empty token', auth({ client_token: '' })),
  answered('no auth at all', '{"auth":null}'),
  answered('a string', '"welcome"'),
  answered('the page of a captive portal', '<html>Sign in</html>', 'text/html'),
  answered('half a JSON', '{"auth":{"client_token":'),
  answered('more than a megabyte', ' '.repeat(1_100_000)),
  answered('a batch token', auth({ client_token: 'hvb.0123456789', token_type: 'batch' })),
];

const anotherCluster: Row = {
  name: 'secret id that another cluster made',
  arrange: async (world) => {
    const other = await startSandbox({ seed: 4711, appPort: 8080 });
    world.use(other);
    const path = `${other.vaultAddress}/v1/auth/approle/role/${other.roleName}/secret-id`;
    const headers = { 'x-vault-token': other.brokerToken.reveal() };
    const answer = await fetch(path, { method: 'POST', headers, body: '{}' });
    const { data } = (await answer.json()) as { data: { secret_id: string } };
    world.tap.secrets.set(data.secret_id, 'secret id of another cluster');
    const env = await world.configure("{ kind: secret-id, from: 'env:VAULT_SECRET_ID' }");
    return { ...env, VAULT_TOKEN: undefined, VAULT_SECRET_ID: data.secret_id };
  },
  exitCode: 10,
  says: /Vault does not say which/,
};

export const appRole: Group = {
  name: 'AppRole',
  rows: [...rows, anotherCluster],
  skipped: [],
};
