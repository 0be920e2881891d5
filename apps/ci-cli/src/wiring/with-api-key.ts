import { readFile } from 'node:fs/promises';
import { type ApiKey, createSecret, mintApiKey } from '@exoship/exo-runner';
import { isKeyRefused } from '@exoship/exoscale-api';
import { loginWithAppRole, type VaultSession } from '@exoship/vault-approle';
import { CliError } from '../cli-error.ts';
import { exitCodes } from '../exit-codes.ts';
import { lagging } from '../interruption.ts';
import type { Job } from '../job.ts';
import { jobMetadata } from '../names.ts';

/** Where the key comes from: resolved from flags, environment and exoship.yaml. */
export interface KeySource {
  readonly address: string;
  readonly namespace?: string | undefined;
  readonly roleId: string;
  readonly caFile?: string | undefined;
  readonly appRole: string;
  readonly appRoleMount: string;
  readonly engineMount: string;
  /** Role of the Exoscale secrets engine: decides what the key may do. */
  readonly role: string;
  readonly zone: string;
  readonly endpoint: string | undefined;
  /** A GET that the stage makes anyway: seeing it refused proves that the key is dead, not that it was never allowed. */
  readonly proofPath: string;
}

/** How long a call that creates a credential may still take after we are told to stop. */
const ANSWER_GRACE_MS = 2_000;

/**
 * Logs in, mints a key, runs `body` with it, and gives both back whatever happens: the lease first, with proof, then
 * the token. What could not be proven goes into the job's cleanup ledger and from there into the exit code.
 */
export async function withApiKey<T>(
  job: Job,
  source: KeySource,
  body: (apiKey: ApiKey) => Promise<T>,
): Promise<T> {
  const { context, progress } = job;
  context.signal.throwIfAborted();
  const session = await logIn(job, source);
  try {
    context.signal.throwIfAborted();
    const apiKey = await mint(job, source, session);
    try {
      context.signal.throwIfAborted();
      progress.line(
        `key ${apiKey.name} from role ${source.role}, good until ${apiKey.expiresAt.toISOString()}`,
      );
      return await body(apiKey);
    } finally {
      await giveBackKey(job, apiKey);
    }
  } finally {
    await giveBackToken(job, session);
  }
}

async function logIn(job: Job, source: KeySource): Promise<VaultSession> {
  const { env, signal, clock, redactor } = job.context;
  const token = env.VAULT_TOKEN;
  if (!token) {
    throw new CliError('VAULT_TOKEN is not set: there is no broker token to ask for a secret id', {
      exitCode: exitCodes.usage,
      remedy: 'Set it as a masked, protected CI variable',
    });
  }
  redactor.add(token);
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
    clock,
    signal: lagging(signal, ANSWER_GRACE_MS),
    onSecret: (secret) => redactor.add(secret),
  });
}

async function mint(job: Job, source: KeySource, session: VaultSession): Promise<ApiKey> {
  const { signal, clock, redactor } = job.context;
  return await mintApiKey(session, {
    role: source.role,
    mountPath: source.engineMount,
    clock,
    signal: lagging(signal, ANSWER_GRACE_MS),
    onSecret: (secret) => redactor.add(secret),
    isRefused: async (credentials, options) =>
      await isKeyRefused(credentials, {
        path: source.proofPath,
        zone: source.zone,
        ...(source.endpoint && { endpoint: source.endpoint }),
        ...options,
      }),
  });
}

async function giveBackKey(job: Job, apiKey: ApiKey): Promise<void> {
  const { outcome, leaseId, expiresAt, reason } = await apiKey.revoke();
  job.cleanup.record({
    what: `API key ${apiKey.name} (lease ${leaseId})`,
    outcome,
    detail: reason,
    expiresAt,
  });
  if (outcome === 'proven') job.progress.line(`key ${apiKey.name} revoked, proven`);
}

async function giveBackToken(job: Job, session: VaultSession): Promise<void> {
  const what = `Vault token (accessor ${session.accessor})`;
  try {
    await session.revoke();
    job.cleanup.record({ what, outcome: 'proven' });
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    job.cleanup.record({ what, outcome: 'failed', detail, expiresAt: session.expiresAt });
  }
}
