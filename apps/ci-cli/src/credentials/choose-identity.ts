import type { Secret } from '@exoship/exo-runner';
import type { LoginConfig } from '../config/login-schema.ts';
import type { Job } from '../job.ts';
import { required } from '../load-settings.ts';
import type { KeySource } from '../wiring/key-source.ts';
import { expiryOfJwt } from './expiry-of-jwt.ts';
import { placeOf, readSecret, unusable } from './read-secret.ts';

/** Who this job is to Vault, with the secret that shows it. */
export type Identity =
  | {
      readonly kind: 'jwt';
      readonly jwt: Secret;
      readonly role: string;
      readonly mount: string;
      /** The login can be repeated until then. */
      readonly expiresAt: Date | undefined;
    }
  | {
      readonly kind: 'broker';
      readonly token: Secret;
      readonly roleId: string;
      readonly wrapTtlMs: number | undefined;
      readonly renew: boolean;
    }
  | { readonly kind: 'secret-id'; readonly secretId: Secret; readonly roleId: string }
  | {
      readonly kind: 'wrapped-secret-id';
      readonly token: Secret;
      readonly roleId: string;
      readonly ttlMs: number | undefined;
      readonly creationPath: string | undefined;
    };

/** @throws CliError naming what the job lacks */
export async function chooseIdentity(job: Job, source: KeySource): Promise<Identity> {
  const login = settle(source.login, job.context.env);
  if (login.kind === 'jwt') {
    const { from, mount, role = jwtRoleOf(source) } = login;
    const jwt = await readSecret(job, from, 'id token to log in with');
    if (jwt.reveal().split('.').length !== 3)
      throw unusable(
        'id token to log in with',
        `${placeOf(from)} holds no JWT (three parts joined by ".")`,
      );
    return { kind: 'jwt', jwt, role, mount, expiresAt: expiryOfJwt(jwt) };
  }
  const roleId = required(source.roleId, 'VAULT_ROLE_ID', 'the role id of the AppRole');
  switch (login.kind) {
    case 'broker': {
      const token = await readSecret(job, login.from, 'broker token to ask for a secret id');
      return { ...login, token, roleId, wrapTtlMs: login.wrapTtlMs };
    }
    case 'secret-id':
      return { ...login, secretId: await readSecret(job, login.from, 'secret id'), roleId };
    case 'wrapped-secret-id': {
      const token = await readSecret(job, login.from, 'wrapping token of a secret id');
      return { ...login, token, roleId, ttlMs: login.ttlMs, creationPath: login.creationPath };
    }
  }
}

/** Whether the same identity can log in again when its token cannot be extended any more. */
export function canLogInAgain(identity: Identity, now: Date): boolean {
  if (identity.kind === 'broker') return true;
  return identity.kind === 'jwt' && identity.expiresAt !== undefined && now < identity.expiresAt;
}

/** One per stage, so that the one which deploys can be kept to protected branches. */
export function jwtRoleOf({ appRole, stage }: Pick<KeySource, 'appRole' | 'stage'>): string {
  return `${appRole}-${stage}`;
}

type Settled = Exclude<LoginConfig, { readonly kind: 'auto' }>;

/** What the platform signs for a job goes before what somebody had to store. */
function settle(login: LoginConfig, env: Job['context']['env']): Settled {
  if (login.kind !== 'auto') return login;
  return env.VAULT_ID_TOKEN
    ? { kind: 'jwt', from: 'env:VAULT_ID_TOKEN', mount: 'jwt' }
    : { kind: 'broker', from: 'env:VAULT_TOKEN', renew: true };
}
