import type { Context } from './context.ts';
import type { Pool } from './pool.ts';
import { notFound } from './refusal.ts';

export interface PoolStore {
  add(pool: Pool): Pool;
  find(id: string): Pool | undefined;
  get(zone: string, id: string): Pool;
  list(zone?: string): readonly Pool[];
  /** Changes what is given and tells listeners when state, size or template are among it. */
  change(id: string, changes: Partial<Pool>): Pool;
}

export function createPoolStore(context: Context): PoolStore {
  const records = new Map<string, Pool>();

  function keep(pool: Pool, before: Pool | undefined): Pool {
    if (pool.state === 'destroyed') records.delete(pool.id);
    else records.set(pool.id, pool);
    const { id: poolId, state, size, templateId } = pool;
    const isSame =
      state === before?.state && size === before.size && templateId === before.templateId;
    if (!isSame) context.emit({ type: 'pool-changed', poolId, state, size, templateId });
    return pool;
  }

  function find(id: string): Pool | undefined {
    return records.get(id);
  }

  return {
    add: (pool) => keep(pool, undefined),
    find,
    get(zone, id) {
      const pool = find(id);
      if (pool === undefined || pool.zone !== zone) throw notFound('Instance pool', id);
      return pool;
    },
    list: (zone) =>
      [...records.values()].filter((pool) => zone === undefined || pool.zone === zone),
    change(id, changes) {
      const before = find(id);
      if (before === undefined) throw notFound('Instance pool', id);
      return keep({ ...before, ...changes }, before);
    },
  };
}
