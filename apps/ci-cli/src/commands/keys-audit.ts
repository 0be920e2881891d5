import { exitCodes } from '../exit-codes.ts';
import type { Job } from '../job.ts';
import { type ListedKey, madeAt, readKeys } from '../keys/read-keys.ts';
import { type Flags, keySourceOf, loadSettings } from '../load-settings.ts';
import { parseDuration } from '../parse-duration.ts';
import { createClient } from '../wiring/create-client.ts';
import { withKeys } from '../wiring/with-keys.ts';

/**
 * Finds keys that Vault's plugin made and no lease can know any more, because they are older than any lease may become:
 * the plugin repeats a POST that failed, and a lost answer leaves a key that nobody will ever revoke.
 */
export async function keysAudit(job: Job, flags: Flags): Promise<number> {
  const olderThanMs = parseDuration('--older-than', String(flags.olderThan));
  const settings = await loadSettings(job, flags);
  const { signal, clock } = job.context;
  const source = {
    ...keySourceOf(settings, 'test'),
    role: String(flags.role),
    proofPath: '/api-key',
  };
  return await withKeys(job, source, async (keys) => {
    const exoscale = createClient(job, source, keys);
    const all = readKeys(await exoscale.request({ method: 'GET', path: '/api-key' }, { signal }));
    const oldestMs = clock.now().getTime() - olderThanMs;
    const forgotten = all.filter((key) => (madeAt(key)?.getTime() ?? Infinity) < oldestMs);
    for (const { key, name } of forgotten) {
      job.progress.line(`${flags.delete === true ? 'delete' : 'would delete'} ${name} (${key})`);
      if (flags.delete !== true) continue;
      await exoscale.request(
        { method: 'DELETE', path: `/api-key/${encodeURIComponent(key)}` },
        { signal },
      );
    }
    job.result.keys = { listed: all.length, forgotten: forgotten.map(nameOf) };
    job.progress.line(closingLine(all.length, forgotten.length, flags.delete === true));
    return exitCodes.ok;
  });
}

function nameOf({ key, name }: ListedKey): object {
  return { key, name };
}

function closingLine(listed: number, forgotten: number, isDeleted: boolean): string {
  if (forgotten === 0) return `${listed} keys, none of them forgotten`;
  return isDeleted
    ? `${forgotten} of ${listed} keys deleted`
    : `${forgotten} of ${listed} keys would be deleted: say --delete to do it`;
}
