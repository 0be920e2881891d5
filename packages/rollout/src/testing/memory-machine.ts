import type { Annotations, Member, MemberState } from '../pool.ts';
import type { MemoryPoolOptions } from './memory-pool-options.ts';

/** One member as the model sees it. */
export interface Machine {
  readonly id: string;
  readonly template: string;
  readonly createdMs: number;
  readonly isProtected: boolean;
  state: MemberState;
  /** When the state it is in turns into the next one. */
  turnsMs: number | undefined;
  isDraining: boolean;
  isInRotation: boolean;
  checkFailures: number;
  hasBeenChecked: boolean;
}

export interface Model {
  readonly options: MemoryPoolOptions;
  readonly startAt: Date;
  readonly machines: Map<string, Machine>;
  size: number;
  template: string;
  annotations: Annotations;
  quota: number;
  created: number;
  nowMs: number;
  /** When the last change is over. */
  steadyMs: number;
  nextCheckMs: number;
  minServing: number;
  peak: number;
  readonly cut: string[];
  readonly violations: string[];
}

export function createMachine(model: Model, template: string, isBooted: boolean): Machine {
  const { options } = model;
  model.created += 1;
  const { bootMs = 30_000, protectedCount = 0 } = options;
  const boot = typeof bootMs === 'number' ? bootMs : bootMs(template, model.created);
  const machine: Machine = {
    id: `m${model.created}`,
    template,
    createdMs: model.nowMs,
    isProtected: isBooted && model.created <= protectedCount,
    state: isBooted ? 'running' : 'starting',
    turnsMs: isBooted ? undefined : model.nowMs + boot,
    isDraining: false,
    isInRotation: isBooted,
    checkFailures: 0,
    hasBeenChecked: isBooted,
  };
  model.machines.set(machine.id, machine);
  return machine;
}

export function asMember(model: Model, machine: Machine): Member {
  const hasBalancer = model.options.balancer !== null;
  const spoken = machine.isInRotation ? 'healthy' : 'unhealthy';
  return {
    id: machine.id,
    name: machine.id,
    template: machine.template,
    state: machine.state,
    address: `10.0.0.${machine.id.slice(1)}`,
    createdAt: new Date(model.startAt.getTime() + machine.createdMs),
    isProtected: machine.isProtected,
    verdict: hasBalancer ? (machine.hasBeenChecked ? spoken : 'unknown') : 'none',
  };
}

/** Whether its health check passes. */
export function passes(model: Model, machine: Machine): boolean {
  if (machine.state !== 'running' || machine.isDraining) return false;
  const ageMs = model.nowMs - machine.createdMs;
  return model.options.isHealthy?.(asMember(model, machine), ageMs) ?? true;
}

/** Whether a request that is sent to it is answered: a draining member still accepts. */
export function accepts(model: Model, machine: Machine): boolean {
  if (machine.state !== 'running' && machine.state !== 'stopping') return false;
  return machine.isDraining || passes(model, machine);
}

export function leave(model: Model, machine: Machine): void {
  if (machine.isInRotation && accepts(model, machine)) model.cut.push(machine.id);
  machine.state = 'leaving';
  machine.isInRotation = false;
  machine.turnsMs = model.nowMs + (model.options.deleteMs ?? 5_000);
}
