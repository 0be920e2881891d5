import { conduct } from './conduct.ts';
import type { Intent } from './mandate.ts';
import type { ControlOptions } from './options.ts';
import type { Pool } from './pool.ts';
import type { RolloutResult } from './result.ts';
import { openSession } from './session.ts';
import { resolveControlOptions } from './spec.ts';
import { checkOneOf } from './validate.ts';

export type Control = Exclude<Intent, 'rollout'>;

const CONTROLS: readonly Control[] = ['resume', 'approve', 'pause', 'abort', 'rollback', 'unlock'];

/**
 * Takes over the rollout that is under way on `pool` and does the rest of it.
 *
 * `resume` after a pause · `approve` a canary · `rollback` and `abort`: back to where it came from · `pause`: note it and
 * end · `unlock`: remove a dead controller's lease and end. Without a rollout under way: `unchanged`. Give it the options
 * that the rollout had: strategy, surge and gate are not kept on the pool.
 *
 * @throws RolloutError when the pool cannot be read before anything was changed.
 */
export async function controlRollout(
  pool: Pool,
  control: Control,
  options: ControlOptions,
): Promise<RolloutResult> {
  checkOneOf('control', control, CONTROLS);
  const spec = resolveControlOptions(options);
  return conduct(openSession(pool, spec, ''), control, undefined);
}
