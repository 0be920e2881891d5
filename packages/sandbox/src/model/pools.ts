import type { Context } from './context.ts';
import type { Instance } from './instance.ts';
import type { InstanceLife } from './instance-life.ts';
import { mergePool, type PoolChanges } from './merge-pool.ts';
import type { Operation, RunningOperation } from './operations.ts';
import type { Pool, PoolDetails } from './pool.ts';
import type { PoolKeeper } from './pool-keeper.ts';
import type { PoolStore } from './pool-store.ts';
import type { PoolTurns } from './pool-turns.ts';
import { type Quotas, quotaExceeded } from './quotas.ts';
import type { ReferenceCheck } from './references.ts';
import { notFound, Refusal } from './refusal.ts';

/** Instance pools as the API sees them: every change is an operation. */
export interface Pools {
  list(zone?: string): readonly Pool[];
  get(zone: string, id: string): Pool;
  members(poolId: string): readonly Instance[];
  create(zone: string, details: PoolDetails, size: number): Operation;
  update(zone: string, id: string, changes: PoolChanges): Operation;
  scale(zone: string, id: string, size: number): Operation;
  /** Deletes exactly these members and lowers the size by their number. */
  evict(zone: string, id: string, instanceIds: readonly string[]): Operation;
  delete(zone: string, id: string): Operation;
}

export interface PoolsParts {
  readonly context: Context;
  readonly store: PoolStore;
  readonly keeper: PoolKeeper;
  readonly turns: PoolTurns;
  readonly life: InstanceLife;
  readonly quotas: () => Quotas;
  readonly check: ReferenceCheck;
  /** A pool behind a load balancer cannot be deleted. */
  readonly isServed: (poolId: string) => boolean;
}

export function createPools(parts: PoolsParts): Pools {
  const { context, store, keeper, turns, life, quotas } = parts;
  const { switches } = context;

  /** Makes `from` members `size`, as far as the quota lets it. */
  function resize(pool: Pool, from: number, size: number, running: RunningOperation): void {
    const granted = Math.min(size, from + quotas().available('instance'));
    if (granted < size && switches.quotaExceeded !== 'partial') {
      store.change(pool.id, { size: from });
      running.fail('forbidden', quotaExceeded(quotas(), 'instance').message);
      return;
    }
    store.change(pool.id, { size: granted });
    keeper.reconcile(pool.id);
    if (granted === size) running.succeed();
    else running.fail('partial', `${granted} of ${size} members fit into the quota`);
  }

  function expectRoom(growth: number): void {
    if (switches.quotaExceeded !== 'refuse' || growth <= quotas().available('instance')) return;
    throw quotaExceeded(quotas(), 'instance');
  }

  function create(zone: string, details: PoolDetails, size: number): Operation {
    parts.check(zone, details);
    expectRoom(size);
    const id = context.newId('instance-pool');
    const pool = store.add({ ...details, id, zone, size, state: 'creating', isBusy: true });
    return turns.act(pool, {
      command: 'create-instance-pool',
      state: 'creating',
      apply: (current, running) => resize(current, 0, size, running),
      undo: () => store.change(id, { state: 'destroyed' }),
    });
  }

  function update(zone: string, id: string, changes: PoolChanges): Operation {
    parts.check(zone, changes);
    return turns.act(store.get(zone, id), {
      command: 'update-instance-pool',
      state: 'updating',
      apply(current, running) {
        store.change(id, mergePool(current, changes, switches));
        running.succeed();
      },
    });
  }

  function scale(zone: string, id: string, size: number): Operation {
    const pool = store.get(zone, id);
    expectRoom(size - pool.size);
    if (size < pool.size) expectMinimum(pool.name, size, pool.minAvailable ?? 0);
    return turns.act(pool, {
      command: 'scale-instance-pool',
      state: size < pool.size ? 'scaling-down' : 'scaling-up',
      apply: (current, running) => resize(current, current.size, size, running),
    });
  }

  function evictable(pool: Pool, instanceId: string): Instance {
    const member = keeper.members(pool.id).find((one) => one.id === instanceId);
    if (member === undefined || member.state === 'destroying') {
      throw notFound(`Member of instance pool "${pool.name}"`, instanceId);
    }
    if (member.isProtected && switches.evictOfProtectedMember === 'conflict') {
      throw new Refusal('conflict', `Instance "${instanceId}" is protected`);
    }
    if (member.state !== 'running' && switches.evictOfStoppedMember === 'conflict') {
      throw new Refusal('conflict', `Instance "${instanceId}" is not running: ${member.state}`);
    }
    return member;
  }

  /** Who is off serves nobody: removing it takes nothing from what must keep running. */
  function expectEnoughLeft(pool: Pool, leaving: readonly Instance[]): void {
    const { name, minAvailable = 0 } = pool;
    const running = keeper.members(pool.id).filter(({ state }) => state === 'running');
    const left = running.filter((member) => !leaving.includes(member)).length;
    if (left < running.length) expectMinimum(name, left, minAvailable);
  }

  function expectMinimum(name: string, left: number, minAvailable: number): void {
    if (switches.belowMinAvailable === 'allowed' || left >= minAvailable) return;
    throw new Refusal(
      'conflict',
      `Instance pool "${name}" must keep ${minAvailable} members running: ${left} would be left`,
    );
  }

  function evict(zone: string, id: string, instanceIds: readonly string[]): Operation {
    const pool = store.get(zone, id);
    const leaving = [...new Set(instanceIds)].map((instanceId) => evictable(pool, instanceId));
    expectEnoughLeft(pool, leaving);
    const victims = leaving.map((member) => member.id);
    return turns.act(pool, {
      command: 'evict-instance-pool-members',
      state: 'scaling-down',
      apply(current, running) {
        // A queued eviction may come too late for some: only those who are still there lower the size.
        const present = keeper.staying(id).filter((member) => victims.includes(member.id));
        store.change(id, { size: Math.max(0, current.size - present.length) });
        keeper.remove(present);
        if (present.length > 0) running.succeed();
        else running.fail('not-found', 'None of the members is there any more');
      },
    });
  }

  function remove(zone: string, id: string): Operation {
    const pool = store.get(zone, id);
    if (parts.isServed(id)) {
      throw new Refusal('conflict', `Instance pool "${pool.name}" is used by a load balancer`);
    }
    return turns.act(pool, {
      command: 'delete-instance-pool',
      state: 'destroying',
      undo: () => store.change(id, { state: 'running' }),
      apply(_, running) {
        const members = keeper.members(id);
        let left = members.length;
        const end = () => {
          if (left > 0) return;
          store.change(id, { state: 'destroyed' });
          running.succeed();
        };
        for (const member of members) {
          life.whenGone(member.id, () => {
            left -= 1;
            end();
          });
        }
        keeper.remove(members);
        end();
      },
    });
  }

  return {
    list: (zone) => store.list(zone),
    get: (zone, id) => store.get(zone, id),
    members: (poolId) => keeper.members(poolId),
    create,
    update,
    scale,
    evict,
    delete: remove,
  };
}
