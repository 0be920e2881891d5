import { readRollout } from '@exoship/rollout';
import { exitCodes } from '../exit-codes.ts';
import type { Job } from '../job.ts';
import { type Flags, loadSettings } from '../load-settings.ts';
import { renderTree } from '../render/rollout-tree.ts';
import { type WiredPool, withPool } from '../wiring/with-pool.ts';

const WATCH_INTERVAL_MS = 2_000;

/** Shows the pool and the rollout on it; with `--watch` again and again, until nothing is under way. Changes nothing. */
export async function rolloutStatus(job: Job, flags: Flags): Promise<number> {
  const settings = await loadSettings(job, flags);
  return await withPool(job, settings, async (wired) => {
    const { signal, clock, isInteractive } = job.context;
    for (let shown = ''; ; ) {
      const { tree, state } = await look(job, wired);
      const isUnderWay = state === 'rolling' || state === 'rolling-back';
      if (flags.watch !== true || !isUnderWay) {
        job.progress.pin(undefined);
        if (tree !== shown) job.progress.line(tree);
        return exitCodes.ok;
      }
      // A person sees it change in place; a job log gets each state once.
      if (isInteractive) job.progress.pin(() => tree.split('\n'));
      else if (tree !== shown) job.progress.line(tree);
      if (!isInteractive) shown = tree;
      await clock.sleep(WATCH_INTERVAL_MS, { signal });
    }
  });
}

async function look(
  job: Job,
  { pool, name }: WiredPool,
): Promise<{ readonly tree: string; readonly state: string }> {
  const observation = await pool.observe({ signal: job.context.signal });
  const status = readRollout(observation);
  job.result.status = { ...status, size: observation.size, members: observation.members };
  return { tree: renderTree(name, observation, status), state: status.state };
}
