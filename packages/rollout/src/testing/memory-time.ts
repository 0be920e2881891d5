import {
  accepts,
  createMachine,
  leave,
  type Machine,
  type Model,
  passes,
} from './memory-machine.ts';

/** Lets everything happen that is due by `untilMs`, in order. */
export function advance(model: Model, untilMs: number): void {
  for (;;) {
    const turns = [...model.machines.values()].flatMap(({ turnsMs }) => turnsMs ?? []);
    const nextMs = Math.min(model.nextCheckMs, ...turns);
    if (nextMs > untilMs) break;
    model.nowMs = Math.max(model.nowMs, nextMs);
    for (const machine of model.machines.values()) turn(model, machine);
    if (model.nextCheckMs <= nextMs) check(model);
    heal(model);
    takeStock(model);
  }
  model.nowMs = untilMs;
}

function turn(model: Model, machine: Machine): void {
  if (machine.turnsMs === undefined || machine.turnsMs > model.nowMs) return;
  machine.turnsMs = undefined;
  if (machine.state === 'starting') {
    machine.state = model.options.failsToBoot?.(machine.template) ? 'failed' : 'running';
  } else if (machine.state === 'leaving') {
    model.machines.delete(machine.id);
  } else if (machine.isDraining) {
    machine.state = 'stopped';
    machine.isInRotation = false;
  }
}

/** One success admits, `retries` failures in a row remove. */
function check(model: Model): void {
  const { balancer } = model.options;
  if (balancer === null) {
    model.nextCheckMs = Number.POSITIVE_INFINITY;
    return;
  }
  const { intervalMs, retries } = balancer ?? DEFAULT_BALANCER;
  model.nextCheckMs += intervalMs;
  for (const machine of model.machines.values()) {
    if (machine.state === 'starting' || machine.state === 'leaving') continue;
    machine.hasBeenChecked = true;
    machine.checkFailures = passes(model, machine) ? 0 : machine.checkFailures + 1;
    if (machine.checkFailures === 0) machine.isInRotation = true;
    if (machine.checkFailures >= retries) machine.isInRotation = false;
  }
}

export const DEFAULT_BALANCER: { intervalMs: number; timeoutMs: number; retries: number } = {
  intervalMs: 5_000,
  timeoutMs: 2_000,
  retries: 2,
};

/** The pool keeps its size by itself, with whatever template it has now. */
export function heal(model: Model): void {
  if (model.options.healsStopped) {
    const stopped = [...model.machines.values()].filter(({ state }) => state === 'stopped');
    for (const machine of stopped) leave(model, machine);
  }
  let missing = model.size - presentMachines(model).length;
  while (missing > 0 && model.machines.size < model.quota) {
    createMachine(model, model.template, false);
    missing -= 1;
  }
}

export function presentMachines(model: Model): readonly Machine[] {
  return [...model.machines.values()].filter(({ state }) => state !== 'leaving');
}

export function takeStock(model: Model): void {
  const isBalanced = model.options.balancer !== null;
  const serving = [...model.machines.values()].filter(
    (machine) => accepts(model, machine) && (machine.isInRotation || !isBalanced),
  );
  model.minServing = Math.min(model.minServing, serving.length);
  model.peak = Math.max(model.peak, model.machines.size);
}
