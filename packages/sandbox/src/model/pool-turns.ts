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

/** A place in line; `start` is set once the change could take effect. */
interface Ticket {
  start: (() => void) | undefined;
}

/** How often a queued change looks whether it is its turn. */
const pollMs = 500;

export function createPoolTurns(
  context: Context,
  store: PoolStore,
  keeper: PoolKeeper,
  operations: Operations,
): PoolTurns {
  const lines = new Map<string, Ticket[]>();

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

  /** Takes a number; the change starts when it is both ready and first in line at a free pool. */
  function queue(id: string): Ticket {
    const ticket: Ticket = { start: undefined };
    const line = lines.get(id) ?? [];
    lines.set(id, line);
    line.push(ticket);
    if (line.length === 1) poll(id, line);
    return ticket;
  }

  function poll(id: string, line: Ticket[]): void {
    context.after(pollMs, () => {
      const [first] = line;
      if (first?.start !== undefined && !isOccupied(id)) {
        line.shift();
        first.start();
      }
      if (line.length > 0) poll(id, line);
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
    const isQueued = !isNew && (isOccupied(id) || (lines.get(id)?.length ?? 0) > 0);
    const busy = `Instance pool "${pool.name}" is busy: ${pool.state}`;
    if (isQueued && context.switches.overlappingOperation === 'conflict') {
      throw new Refusal('conflict', busy);
    }
    if (isQueued && context.switches.overlappingOperation === 'failure') {
      return operations.run(subject, { apply: (running) => running.fail('busy', busy) });
    }
    const ticket = isQueued ? queue(id) : undefined;
    if (ticket === undefined) occupy(id, action.state);
    return operations.run(subject, {
      apply(running) {
        if (ticket === undefined) {
          finish(id, action, running);
          return;
        }
        ticket.start = () => {
          if (store.find(id) !== undefined) occupy(id, action.state);
          finish(id, action, running);
        };
      },
      undo() {
        if (ticket !== undefined) {
          ticket.start = () => {};
          return;
        }
        release(id);
        action.undo?.();
        keeper.settle(id);
      },
    });
  }

  return { act };
}
