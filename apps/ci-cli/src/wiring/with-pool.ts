import type { Exoscale } from '@exoship/exoscale-api';
import type { Pool } from '@exoship/rollout';
import type { Settings } from '../config/settings.ts';
import type { Job } from '../job.ts';
import { keySourceOf } from '../load-settings.ts';
import { createClient } from './create-client.ts';
import { findPool, wireRolloutPool } from './rollout-pool.ts';
import { withKeys } from './with-keys.ts';

export interface WiredPool {
  readonly exoscale: Exoscale;
  readonly pool: Pool;
  readonly name: string;
}

/** Runs `body` with the pool of the settings and a key of the deploy role, which is given back afterwards. */
export async function withPool<T>(
  job: Job,
  settings: Settings,
  body: (wired: WiredPool) => Promise<T>,
): Promise<T> {
  const source = keySourceOf(settings, 'deploy');
  return await withKeys(job, source, async (keys) => {
    const exoscale = createClient(job, source, keys);
    const { id, name } = await findPool(exoscale, settings, job.context.signal);
    return await body({ exoscale, pool: wireRolloutPool(job, exoscale, id, settings), name });
  });
}
