import { type ApiKey, keepFresh } from '@exoship/exo-runner';
import { assertLifetime } from '../credentials/assert-lifetime.ts';
import type { Job } from '../job.ts';
import { giveBackKey } from './give-back.ts';
import type { KeySource } from './key-source.ts';
import { mintKey } from './mint-key.ts';
import { rememberZones, warmZones } from './remember-zones.ts';
import { openSessions } from './sessions.ts';

/**
 * For a child process, which reads its key once: one key, renewed in place for as long as `body` takes and given back
 * whatever happens, with proof. `forMs`, when it is known, is refused at once if the key cannot live that long.
 */
export async function withApiKey<T>(
  job: Job,
  source: KeySource,
  { forMs }: { readonly forMs: number | undefined },
  body: (apiKey: ApiKey) => Promise<T>,
): Promise<T> {
  const { signal, clock } = job.context;
  signal.throwIfAborted();
  await using sessions = await openSessions(job, source);
  const fetch = rememberZones(globalThis.fetch);
  void warmZones(fetch, source.endpoint);
  const session = await sessions.acquire();
  signal.throwIfAborted();
  const apiKey = await mintKey(job, source, { session, fetch });
  try {
    signal.throwIfAborted();
    job.progress.line(
      `key ${apiKey.name} from role ${source.role}, good until ${apiKey.expiresAt.toISOString()}`,
    );
    if (forMs !== undefined) await assertLifetime(job, source, { session, apiKey, forMs });
    await using _fresh = keepFresh([apiKey], { clock, onEnding: () => warnOfEnd(job, apiKey) });
    return await body(apiKey);
  } finally {
    await giveBackKey(job, apiKey);
  }
}

function warnOfEnd({ progress }: Job, { name, expiresAt }: ApiKey): void {
  progress.warn(
    `key ${name} ends at ${expiresAt.toISOString()}: the command cannot be handed another`,
  );
}
