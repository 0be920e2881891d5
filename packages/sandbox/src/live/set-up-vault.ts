import { SandboxError } from '../error.ts';
import { concealed, type Secret } from '../vault/secret.ts';
import type { Vault } from '../vault/vault.ts';
import { stageRoles } from './stage-roles.ts';

/** How a job gets in. */
export interface VaultEntry {
  readonly roleName: string;
  readonly roleId: string;
  /** May do nothing but fetch secret ids of the role. */
  readonly brokerToken: Secret;
}

const roleName = 'gitlab-ci-runner';

/** How an operator would prepare a real Vault for the pipeline, call by call, over the same API. */
export async function setUpVault(
  vault: Vault,
  zone: string,
  root: { readonly key: string; readonly secret: string },
): Promise<VaultEntry> {
  const read = (path: string) => call(vault, 'GET', path);
  const write = (path: string, body: object) => call(vault, 'POST', path, body);

  const engine = { root_api_key: root.key, root_api_secret: root.secret, zone };
  await write('exoscale/config/root', engine);
  for (const { name } of stageRoles) {
    await write(`exoscale/role/${name}`, { 'iam-role': name, ttl: '15m', max_ttl: '1h' });
  }
  await write('sys/policies/acl/exoscale-create-apikey', { policy: keyPolicy() });
  await write(`auth/approle/role/${roleName}`, {
    token_policies: ['exoscale-create-apikey'],
    token_type: 'service',
    token_ttl: '20m',
    token_max_ttl: '2h',
    secret_id_ttl: '5m',
    secret_id_num_uses: 1,
  });
  await write(`sys/policies/acl/${roleName}-secrets`, { policy: brokerPolicy });
  const broker = await write('auth/token/create-orphan', {
    policies: [`${roleName}-secrets`],
    display_name: roleName,
    period: '24h',
  });
  const role = await read(`auth/approle/role/${roleName}/role-id`);
  return {
    roleName,
    roleId: String(role.data?.role_id),
    brokerToken: concealed(String(broker.auth?.client_token)),
  };
}

/** `sys/leases/revoke` is not in Vault's default policy, and a job that gives its key back with proof needs it. */
function keyPolicy(): string {
  const paths = stageRoles.map(
    ({ name }) => `path "exoscale/apikey/${name}" { capabilities = ["read"] }`,
  );
  return [...paths, 'path "sys/leases/revoke" { capabilities = ["update"] }'].join('\n');
}

const brokerPolicy = `path "auth/approle/role/${roleName}/secret-id" { capabilities = ["update"] }`;

interface VaultReply {
  readonly data?: Readonly<Record<string, unknown>>;
  readonly auth?: Readonly<Record<string, unknown>>;
}

async function call(
  vault: Vault,
  method: string,
  path: string,
  body?: object,
): Promise<VaultReply> {
  const answer = await vault.handler({
    method,
    path: `/v1/${path}`,
    query: '',
    headers: { 'x-vault-token': vault.rootToken.reveal() },
    body: Buffer.from(body === undefined ? '' : JSON.stringify(body)),
  });
  if (answer.status >= 400) {
    throw new SandboxError('set-up-failed', `Cannot set up Vault at "${path}": ${answer.status}`);
  }
  const text = Buffer.from(answer.body as string).toString();
  return text === '' ? {} : (JSON.parse(text) as VaultReply);
}
