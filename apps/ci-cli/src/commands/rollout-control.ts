import { type Control, controlRollout } from '@exoship/rollout';
import type { Job } from '../job.ts';
import { type Flags, loadSettings } from '../load-settings.ts';
import { outputsOf, tellRollout } from '../rollout/tell-rollout.ts';
import { withPool } from '../wiring/with-pool.ts';

/** Takes over the rollout that is under way and does the rest of it: resume, approve, pause, abort, rollback, unlock. */
export async function controlCommand(job: Job, control: Control, flags: Flags): Promise<number> {
  await outputsOf(flags);
  const settings = await loadSettings(job, flags);
  return await withPool(
    job,
    settings,
    async ({ pool }) =>
      await tellRollout(
        job,
        settings,
        flags,
        async (options) => await controlRollout(pool, control, options),
      ),
  );
}
