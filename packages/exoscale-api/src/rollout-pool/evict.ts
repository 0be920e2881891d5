import type { MutationOptions } from '../client.ts';
import { type ExoscaleError, isExoscaleError } from '../exoscale-error.ts';
import type { Instances } from '../instances.ts';
import type { Pools } from '../pools.ts';

export interface EvictParts {
  readonly pools: Pick<Pools, 'get' | 'members' | 'evict'>;
  readonly instances: Pick<Instances, 'start'>;
}

/**
 * Evicts exactly these members. Nothing documents whether one that is switched off may be: where a pool at rest refuses
 * it, those that have stopped are switched on again first, and go before their app can come up. One that is still
 * stopping can only be waited for.
 */
export async function evictMembers(
  parts: EvictParts,
  poolId: string,
  ids: readonly string[],
  options: MutationOptions,
): Promise<void> {
  const { pools, instances } = parts;
  const attempt = async (): Promise<ExoscaleError | undefined> => {
    try {
      await pools.evict(poolId, ids, options);
      return undefined;
    } catch (error) {
      if (isConflict(error)) return error;
      throw error;
    }
  };
  const first = await attempt();
  if (first === undefined) return;
  // Two changes at once are refused in the same words: only a pool that is at rest now refuses what it is asked for.
  const { state } = await pools.get(poolId, options);
  if (state !== 'running') throw first;
  const second = await attempt();
  if (second === undefined) return;
  const members = (await pools.members(poolId, options)).filter(({ id }) => ids.includes(id));
  const stopped = members.filter((member) => member.state === 'stopped');
  const isReady = members.every((member) => ['stopped', 'running'].includes(member.state));
  if (!isReady || stopped.length === 0) throw second;
  await Promise.all(stopped.map(({ id }) => instances.start(id, options)));
  await pools.evict(poolId, ids, options);
}

function isConflict(error: unknown): error is ExoscaleError {
  return isExoscaleError(error) && (error.code === 'conflict' || error.reason === 'conflict');
}
