import { type ApiKey, type LeaseSource, mintApiKey } from '@exoship/exo-runner';
import { asUsage } from '../credentials/as-usage.ts';
import { ANSWER_GRACE_MS, lagging } from '../interruption.ts';
import type { Job } from '../job.ts';
import { isKeyDead } from './is-key-dead.ts';
import type { KeySource } from './key-source.ts';

/** A key of the source's role, leased by the session; `fetch` is for the proof that it is dead afterwards. */
export async function mintKey(
  job: Job,
  source: KeySource,
  { session, fetch }: { readonly session: LeaseSource; readonly fetch: typeof globalThis.fetch },
): Promise<ApiKey> {
  const { signal, clock, redactor } = job.context;
  const late = lagging(signal, ANSWER_GRACE_MS);
  try {
    return await asUsage(
      async () =>
        await mintApiKey(session, {
          role: source.role,
          mountPath: source.engineMount,
          clock,
          signal: late,
          onSecret: (secret) => redactor.add(secret),
          isRefused: async (credentials, options) =>
            await isKeyDead(job, source, credentials, { fetch, ...options }),
        }),
    );
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
