import { readFile } from 'node:fs/promises';
import { createSecret } from '@exoship/exo-runner';
import { loginWithAppRole, type VaultSession } from '@exoship/vault-approle';
import { CliError } from '../cli-error.ts';
import { exitCodes } from '../exit-codes.ts';
import { ANSWER_GRACE_MS, lagging } from '../interruption.ts';
import type { Job } from '../job.ts';
import { jobMetadata } from '../names.ts';
import type { KeySource } from './key-source.ts';

/** A Vault that cannot be reached for this long is worth a line in the job's log, not half a minute of silence. */
const LOGIN_DEADLINE_MS = 10_000;

/** A session for the token that the job's broker token leads to. @throws CliError or VaultError. */
export async function logIn(job: Job, source: KeySource): Promise<VaultSession> {
  const { env, signal, clock, redactor } = job.context;
  const token = env.VAULT_TOKEN;
  if (!token) {
    throw new CliError('VAULT_TOKEN is not set: there is no broker token to ask for a secret id', {
      exitCode: exitCodes.usage,
      remedy: 'Set it as a masked, protected CI variable',
    });
  }
  redactor.add(token);
  const late = lagging(signal, ANSWER_GRACE_MS);
  let hasSecretId = false;
  try {
    return await loginWithAppRole({
      address: source.address,
      ...(source.namespace && { namespace: source.namespace }),
      ...(source.caFile && { ca: await readFile(source.caFile, 'utf8') }),
      roleId: source.roleId,
      credential: {
        kind: 'broker',
        token: createSecret(token),
        roleName: source.appRole,
        metadata: jobMetadata(env),
      },
      mountPath: source.appRoleMount,
      deadlineMs: LOGIN_DEADLINE_MS,
      clock,
      signal: late,
      onSecret: (secret) => {
        hasSecretId = true;
        redactor.add(secret);
      },
    });
  } catch (error) {
    if (late.aborted && hasSecretId) recordLostLogin(job, source);
    throw error;
  }
}

/** The login went out and its answer was not waited for: nobody knows the token that may have come of it. */
function recordLostLogin(job: Job, { appRole }: KeySource): void {
  job.cleanup.record({
    what: `Vault token of AppRole ${appRole} (accessor not known)`,
    outcome: 'failed',
    detail: `the login had no answer within ${ANSWER_GRACE_MS} ms; no key was leased with it, and it ends with its TTL`,
  });
}
