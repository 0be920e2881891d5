import type { Instance } from '@exoship/exoscale-api';
import { isExpiredSmoke } from '@exoship/smoke';
import { CliError } from '../cli-error.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Job } from '../job.ts';
import { type Flags, keySourceOf, loadSettings } from '../load-settings.ts';
import { createClient } from '../wiring/create-client.ts';
import { withApiKey } from '../wiring/with-api-key.ts';

/**
 * Deletes what jobs that were killed left behind: smoke-test instances, known by their labels, that are past their own
 * expiry date and older than asked by the cloud's time. Says what it would delete unless `--yes` is given.
 */
export async function sweep(job: Job, flags: Flags): Promise<number> {
  const olderThanMs = parseAge(String(flags.olderThan));
  const reallyDelete = flags.yes === true && flags.dryRun !== true;
  const settings = await loadSettings(job, flags);
  const source = keySourceOf(settings, 'test');
  return await withApiKey(job, source, async (apiKey) => {
    const { instances } = createClient(job, source, apiKey);
    const { signal, clock } = job.context;
    const left = (await instances.list({}, { signal })).filter(
      isLeftBehind(clock.now(), olderThanMs),
    );
    for (const instance of left) {
      const what = `instance ${instance.name} (${instance.id}), made ${instance.createdAt?.toISOString()}`;
      job.progress.line(`${reallyDelete ? 'delete' : 'would delete'} ${what}`);
      if (reallyDelete) await instances.delete(instance.id, { signal });
    }
    if (left.length === 0) job.progress.line('nothing was left behind');
    else if (!reallyDelete) job.progress.line('nothing was deleted: say --yes to do it');
    job.result.swept = left.map(({ id, name }) => ({ id, name, deleted: reallyDelete }));
    return exitCodes.ok;
  });
}

function isLeftBehind(now: Date, olderThanMs: number): (instance: Instance) => boolean {
  return ({ labels, createdAt, managerId }) =>
    managerId === undefined &&
    isExpiredSmoke(labels, now) &&
    (createdAt?.getTime() ?? Number.POSITIVE_INFINITY) <= now.getTime() - olderThanMs;
}

const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

function parseAge(text: string): number {
  const [, amount, unit] = /^(\d+)([smhd])$/.exec(text) ?? [];
  const unitMs = UNIT_MS[unit ?? ''];
  if (amount !== undefined && unitMs !== undefined) return Number(amount) * unitMs;
  throw new CliError(`--older-than takes a duration such as 90s, 30m, 1h or 2d: got "${text}"`, {
    exitCode: exitCodes.usage,
  });
}
