import { conduct } from './conduct.ts';
import type { RolloutOptions } from './options.ts';
import type { Pool } from './pool.ts';
import type { RolloutResult } from './result.ts';
import { openSession } from './session.ts';
import { resolveRolloutOptions } from './spec.ts';

/**
 * Replaces the members of `pool` by members of `options.template`: gated by health, drained, by identity, resumable.
 *
 * What is expected to go wrong is an outcome. Run it again after `interrupted` or a crash: it goes on where it was.
 *
 * @throws RolloutError when the pool cannot be read before anything was changed.
 * @throws TypeError or RangeError for an option that makes no sense.
 */
export async function rollout(pool: Pool, options: RolloutOptions): Promise<RolloutResult> {
  const spec = resolveRolloutOptions(options);
  const { template, rolloutId } = spec;
  return conduct(openSession(pool, spec, rolloutId), 'rollout', { template, rolloutId });
}
