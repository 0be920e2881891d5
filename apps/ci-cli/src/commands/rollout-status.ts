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
    const { signal, clock } = job.context;
    for (let shown = ''; ; ) {
      const { tree, state } = await look(job, wired);
      if (tree !== shown) job.progress.line(tree);
      shown = tree;
      const isUnderWay = state === 'rolling' || state === 'rolling-back';
      if (flags.watch !== true || !isUnderWay) break;
      await clock.sleep(WATCH_INTERVAL_MS, { signal });
    }
    return exitCodes.ok;
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
