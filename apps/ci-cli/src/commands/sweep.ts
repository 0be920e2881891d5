import { exitCodes } from '../exit-codes.ts';
import type { Job } from '../job.ts';
import { type Flags, keySourceOf, loadSettings } from '../load-settings.ts';
import { parseDuration } from '../parse-duration.ts';
import type { LeftBehind } from '../sweep/left-behind.ts';
import { leftInstances } from '../sweep/left-instances.ts';
import { leftUploads } from '../sweep/left-uploads.ts';
import { createClient } from '../wiring/create-client.ts';
import { withKeys } from '../wiring/with-keys.ts';

/**
 * Deletes what jobs that were killed left behind and that is older than asked: instances of smoke tests, images that
 * were uploaded for an import. Says what it would delete unless `--yes` is given.
 */
export async function sweep(job: Job, flags: Flags): Promise<number> {
  const olderThanMs = parseDuration('--older-than', String(flags.olderThan));
  const reallyDelete = flags.yes === true && flags.dryRun !== true;
  const settings = await loadSettings(job, flags);
  const swept: LeftBehind[] = [];
  for (const { stage, find } of [
    { stage: 'test', find: leftInstances },
    { stage: 'build', find: leftUploads },
  ] as const) {
    const source = keySourceOf(settings, stage);
    await withKeys(job, source, async (keys) => {
      const left = await find(job, createClient(job, source, keys), { settings, olderThanMs });
      swept.push(...left);
      await remove(job, left, reallyDelete);
    });
  }
  if (swept.length === 0) job.progress.line('nothing was left behind');
  else if (!reallyDelete) job.progress.line('nothing was deleted: say --yes to do it');
  job.result.swept = swept.map(({ kind, id, name }) => ({ kind, id, name, deleted: reallyDelete }));
  return exitCodes.ok;
}

async function remove(
  { progress }: Job,
  left: readonly LeftBehind[],
  reallyDelete: boolean,
): Promise<void> {
  for (const { kind, id, name, madeAt, remove } of left) {
    const what = `${kind} ${name} (${id}), made ${madeAt.toISOString()}`;
    progress.line(`${reallyDelete ? 'delete' : 'would delete'} ${what}`);
    if (reallyDelete) await remove();
  }
}
