import type { Context } from './context.ts';
import type { Operation, Operations, RunningOperation } from './operations.ts';
import type { Pool, PoolState } from './pool.ts';
import type { PoolKeeper } from './pool-keeper.ts';
import type { PoolStore } from './pool-store.ts';
import { Refusal } from './refusal.ts';

export interface PoolAction {
  readonly command: string;
  /** What the pool shows meanwhile. */
  readonly state: PoolState;
  /** Takes effect; the pool is free again, the operation ends by itself. */
  readonly apply: (pool: Pool, running: RunningOperation) => void;
  readonly undo?: (() => void) | undefined;
}

/** One change of a pool at a time; what happens to the next one is a switch. */
export interface PoolTurns {
  act(pool: Pool, action: PoolAction): Operation;
}

/** How often a queued change looks whether it is its turn. */
const pollMs = 500;

export function createPoolTurns(
  context: Context,
  store: PoolStore,
  keeper: PoolKeeper,
  operations: Operations,
): PoolTurns {
  const queues = new Map<string, (() => void)[]>();

  function isOccupied(id: string): boolean {
    const pool = store.find(id);
    return pool !== undefined && (pool.isBusy || pool.state !== 'running');
  }

  function occupy(id: string, state: PoolState): void {
    store.change(id, { isBusy: true, state });
  }

  function release(id: string): void {
    if (store.find(id) !== undefined) store.change(id, { isBusy: false });
  }

  function whenFree(id: string, start: () => void): void {
    const queue = queues.get(id) ?? [];
    queues.set(id, queue);
    queue.push(start);
    if (queue.length === 1) poll(id, queue);
  }

  function poll(id: string, queue: (() => void)[]): void {
    context.after(pollMs, () => {
      if (!isOccupied(id)) queue.shift()?.();
      if (queue.length > 0) poll(id, queue);
    });
  }

  function finish(id: string, action: PoolAction, running: RunningOperation): void {
    release(id);
    const pool = store.find(id);
    if (pool === undefined) running.fail('not-found', 'Instance pool was deleted');
    else action.apply(pool, running);
    keeper.settle(id);
  }

  function act(pool: Pool, action: PoolAction): Operation {
    const { id, zone } = pool;
    const subject = {
      zone,
      command: action.command,
      referenceId: id,
      link: `/v2/instance-pool/${id}`,
    };
    const isNew = action.state === 'creating';
    const isQueued = !isNew && (isOccupied(id) || (queues.get(id)?.length ?? 0) > 0);
    const busy = `Instance pool "${pool.name}" is busy: ${pool.state}`;
    if (isQueued && context.switches.overlappingOperation === 'conflict') {
      throw new Refusal('conflict', busy);
    }
    if (isQueued && context.switches.overlappingOperation === 'failure') {
      return operations.run(subject, { apply: (running) => running.fail('busy', busy) });
    }
    if (!isQueued) occupy(id, action.state);
    return operations.run(subject, {
      apply(running) {
        if (!isQueued) return finish(id, action, running);
        whenFree(id, () => {
          if (store.find(id) !== undefined) occupy(id, action.state);
          finish(id, action, running);
        });
      },
      undo() {
        if (isQueued) return;
        release(id);
        action.undo?.();
        keeper.settle(id);
      },
    });
  }

  return { act };
}
