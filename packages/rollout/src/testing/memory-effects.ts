import type { Observation } from '../pool.ts';
import { MemoryPoolError } from './memory-calls.ts';
import { asMember, leave, type Machine, type Model } from './memory-machine.ts';
import { DEFAULT_BALANCER, heal, presentMachines } from './memory-time.ts';

export function look(model: Model): Observation {
  const { balancer, clock, refusal } = model.options;
  const isChanging = model.nowMs < model.steadyMs;
  const check = { name: 'web', mode: 'http', port: 80, path: '/' } as const;
  return {
    observedAt: clock.now(),
    status: refusal !== undefined ? 'refused' : isChanging ? 'changing' : 'steady',
    statusDetail: refusal ?? (isChanging ? 'scaling' : 'running'),
    size: model.size,
    template: model.template,
    annotations: model.annotations,
    members: [...model.machines.values()].map((machine) => asMember(model, machine)),
    balancers: balancer === null ? [] : [{ ...check, ...DEFAULT_BALANCER, ...balancer }],
  };
}

/** Pools refuse a second change while the first is under way. */
export function change(model: Model, what: string, lastsMs: number): void {
  if (model.nowMs < model.steadyMs) {
    model.violations.push(`${what} while the pool was changing`);
    throw new MemoryPoolError('The pool is busy', 'busy');
  }
  model.steadyMs = model.nowMs + lastsMs;
}

export function grow(model: Model, size: number): void {
  const more = size - presentMachines(model).length;
  if (more < 0) model.violations.push(`grow to ${size} would shrink`);
  if (model.machines.size + more > model.quota)
    throw new MemoryPoolError('Quota exceeded', 'quota');
  change(model, 'grow', changeMs(model));
  model.size = size;
  heal(model);
}

export function evict(model: Model, ids: readonly string[]): void {
  const machines = ids.map((id) => find(model, id));
  change(model, 'evict', changeMs(model));
  model.size -= ids.length;
  for (const machine of machines) leave(model, machine);
}

export function drain(model: Model, id: string): void {
  const machine = find(model, id);
  machine.isDraining = true;
  if (machine.state === 'running') machine.state = model.options.drainState ?? 'running';
  machine.turnsMs = model.nowMs + (model.options.lameDuckMs ?? 60_000);
}

/** Somebody else's hand: no quota, no rules, the newest go. */
export function resize(model: Model, size: number): void {
  model.size = size;
  for (const machine of presentMachines(model).slice(size)) leave(model, machine);
  heal(model);
}

export function kill(model: Model, id: string): void {
  leave(model, find(model, id));
  heal(model);
}

function find(model: Model, id: string): Machine {
  const machine = model.machines.get(id);
  if (machine === undefined || machine.state === 'leaving') {
    throw new MemoryPoolError(`No such member: ${id}`, 'gone');
  }
  return machine;
}

function changeMs({ options }: Model): number {
  return options.changeMs ?? 2_000;
}
