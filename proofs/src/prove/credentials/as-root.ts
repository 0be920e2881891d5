import type { World } from './world.ts';

type Body = Readonly<Record<string, unknown>>;

const role = 'auth/approle/role/gitlab-ci-runner';

/** A call by Vault's owner, past the tap; with `wrapTtl` the answer comes in a wrapping token. */
export async function asRoot(
  { sandbox }: World,
  path: string,
  body: Body = {},
  wrapTtl?: string,
): Promise<Readonly<Record<string, Readonly<Record<string, unknown>> | null>>> {
  const answer = await fetch(`${sandbox.vaultAddress}/v1/${path}`, {
    method: 'POST',
    headers: {
      'x-vault-token': sandbox.vault.rootToken.reveal(),
      ...(wrapTtl !== undefined && { 'x-vault-wrap-ttl': wrapTtl }),
    },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new RangeError(`Cannot arrange "${path}": ${answer.status} ${text}`);
  return text === '' ? {} : JSON.parse(text);
}

export async function changeAppRole(world: World, fields: Body): Promise<void> {
  await asRoot(world, role, fields);
}

/** A secret id that somebody else made for the job. */
export async function deliverSecretId(world: World, fields: Body = {}): Promise<string> {
  const { data } = await asRoot(world, `${role}/secret-id`, fields);
  const secretId = String(data?.secret_id);
  world.tap.secrets.set(secretId, 'delivered secret id');
  return secretId;
}

/** The same in a wrapping token, or what else a path answers in one. */
export async function deliverWrapped(
  world: World,
  {
    ttl = '60s',
    path = `${role}/secret-id`,
    body = {},
  }: { readonly ttl?: string; readonly path?: string; readonly body?: Body } = {},
): Promise<string> {
  const { wrap_info: wrapping } = await asRoot(world, path, body, ttl);
  const token = String(wrapping?.token);
  world.tap.secrets.set(token, 'wrapping token');
  return token;
}

export async function changePolicy(world: World, name: string, policy: string): Promise<void> {
  await asRoot(world, `sys/policies/acl/${name}`, { policy });
}
