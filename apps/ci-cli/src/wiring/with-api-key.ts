import { type ApiKey, mintApiKey } from '@exoship/exo-runner';
import { isKeyRefused } from '@exoship/exoscale-api';
import type { VaultSession } from '@exoship/vault-approle';
import { ANSWER_GRACE_MS, lagging } from '../interruption.ts';
import type { Job } from '../job.ts';
import { giveBackKey, giveBackToken } from './give-back.ts';
import type { KeySource } from './key-source.ts';
import { logIn } from './log-in.ts';

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

async function mint(job: Job, source: KeySource, session: VaultSession): Promise<ApiKey> {
  const { signal, clock, redactor } = job.context;
  const late = lagging(signal, ANSWER_GRACE_MS);
  try {
    return await mintApiKey(session, {
      role: source.role,
      mountPath: source.engineMount,
      clock,
      signal: late,
      onSecret: (secret) => redactor.add(secret),
      isRefused: async (credentials, options) =>
        await isKeyRefused(credentials, {
          path: source.proofPath,
          zone: source.zone,
          ...(source.endpoint && { endpoint: source.endpoint }),
          ...options,
        }),
    });
  } catch (error) {
    if (late.aborted) recordLostKey(job, source);
    throw error;
  }
}

/** A lease dies with its token, but nobody can look whether one that he does not know has died. */
function recordLostKey(job: Job, { role }: KeySource): void {
  job.cleanup.record({
    what: `API key of role ${role} (lease not known)`,
    outcome: 'accepted',
    detail: `Vault had not answered within ${ANSWER_GRACE_MS} ms; a key that it made all the same ends with the token`,
  });
}
