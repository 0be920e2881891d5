import { type ApiKey, createApiKeyProvider, type ReplaceableKey } from '@exoship/exo-runner';
import type { VaultSession } from '@exoship/vault-approle';
import type { Job } from '../job.ts';
import { limitCleanup } from '../limit-cleanup.ts';
import { KEY_LIMITS, recordKey } from './give-back.ts';
import { holdPerRequest, type JobKeys } from './job-keys.ts';
import type { KeySource } from './key-source.ts';
import { mintKey } from './mint-key.ts';
import { outliveSession } from './outlive-session.ts';
import { rememberZones } from './remember-zones.ts';
import { openSessions, type Sessions } from './sessions.ts';

/**
 * Logs in and runs `body` with keys that are renewed or replaced for as long as it takes, and gives everything back
 * whatever happens: the leases first, with proof, then the tokens. What could not be proven goes into the job's cleanup
 * ledger and from there into the exit code.
 */
export async function withKeys<T>(
  job: Job,
  source: KeySource,
  body: (keys: JobKeys) => Promise<T>,
): Promise<T> {
  const { signal, clock } = job.context;
  signal.throwIfAborted();
  const fetch = rememberZones(globalThis.fetch);
  await using sessions = await openSessions(job, source);
  const provider = createApiKeyProvider(
    async () => await mintInto(job, source, { sessions, fetch }),
    { clock, onRevoked: ({ apiKey }, revocation) => recordKey(job, apiKey, revocation) },
  );
  try {
    // Now rather than at the first request: a job that gets no key must not begin.
    (await provider.hold()).release();
    signal.throwIfAborted();
    return await body(holdPerRequest(provider, fetch));
  } finally {
    using limit = limitCleanup(signal, KEY_LIMITS);
    await provider.close({ signal: limit.signal });
  }
}

interface SessionKey extends ReplaceableKey {
  readonly apiKey: ApiKey;
}

/** A key that ends with its session, whatever its lease says, and that lets go of the session when it is gone. */
async function mintInto(
  job: Job,
  source: KeySource,
  { sessions, fetch }: { readonly sessions: Sessions; readonly fetch: typeof globalThis.fetch },
): Promise<SessionKey> {
  const session = await sessions.acquire();
  const lessor = outliveSession(session, sessions.latest);
  const apiKey = await mintKey(job, source, { session: lessor, fetch }).catch(
    async (error: unknown) => {
      await sessions.release(session);
      throw error;
    },
  );
  job.progress.line(
    `key ${apiKey.name} from role ${source.role}, good until ${apiKey.expiresAt.toISOString()}`,
  );
  return {
    apiKey,
    key: apiKey.key,
    secret: apiKey.secret,
    get expiresAt() {
      return earlier(apiKey, session);
    },
    renew: async (options) => await apiKey.renew(options),
    async revoke(options) {
      const revocation = await apiKey.revoke(options);
      await sessions.release(session);
      return revocation;
    },
  };
}

function earlier(apiKey: ApiKey, session: VaultSession): Date {
  return new Date(Math.min(apiKey.expiresAt.getTime(), session.expiresAt.getTime()));
}
