import {
  type ConnectionOptions,
  type Credential,
  loginWithAppRole,
  loginWithJwt,
  type VaultSession,
} from '@exoship/vault-approle';
import { asUsage } from '../credentials/as-usage.ts';
import type { Identity } from '../credentials/choose-identity.ts';
import { connectionTo } from '../credentials/connection.ts';
import { ANSWER_GRACE_MS, lagging } from '../interruption.ts';
import type { Job } from '../job.ts';
import { jobMetadata } from '../names.ts';
import type { KeySource } from './key-source.ts';

/** A session of the token that the identity leads to. @throws CliError or VaultError. */
export async function logIn(
  job: Job,
  source: KeySource,
  identity: Identity,
): Promise<VaultSession> {
  const connection = await connectionTo(job, source);
  const late = lagging(job.context.signal, ANSWER_GRACE_MS);
  // A broker and a wrapping token are a step away from the login; the others are shown to it at once.
  let isSubmitted = identity.kind === 'jwt' || identity.kind === 'secret-id';
  const options: ConnectionOptions = {
    ...connection,
    signal: late,
    onSecret: (secret) => {
      isSubmitted = true;
      connection.onSecret?.(secret);
    },
  };
  try {
    return await asUsage(async () => await open(job, source, identity, options));
  } catch (error) {
    if (late.aborted && isSubmitted) recordLostLogin(job, source);
    throw error;
  }
}

async function open(
  { context }: Job,
  { appRole, appRoleMount }: KeySource,
  identity: Identity,
  connection: ConnectionOptions,
): Promise<VaultSession> {
  if (identity.kind === 'jwt') {
    const { jwt, role, mount } = identity;
    return await loginWithJwt({ ...connection, jwt, role, mountPath: mount });
  }
  return await loginWithAppRole({
    ...connection,
    roleId: identity.roleId,
    credential: credentialOf(identity, appRole, jobMetadata(context.env)),
    mountPath: appRoleMount,
  });
}

function credentialOf(
  identity: Exclude<Identity, { readonly kind: 'jwt' }>,
  roleName: string,
  metadata: Readonly<Record<string, string>>,
): Credential {
  if (identity.kind === 'secret-id') return { kind: 'secret-id', secretId: identity.secretId };
  if (identity.kind === 'broker') {
    const { kind, token, wrapTtlMs, renew } = identity;
    return { kind, token, roleName, metadata, wrapTtlMs, renew };
  }
  const { kind, token, ttlMs, creationPath } = identity;
  return { kind, token, roleName, ttlMs, creationPath };
}

/** The login went out and its answer was not waited for: nobody knows the token that may have come of it. */
function recordLostLogin(job: Job, { appRole }: KeySource): void {
  job.cleanup.record({
    what: `Vault token of role ${appRole} (accessor not known)`,
    outcome: 'failed',
    detail: `the login had no answer within ${ANSWER_GRACE_MS} ms; no key was leased with it, and it ends with its TTL`,
  });
}
