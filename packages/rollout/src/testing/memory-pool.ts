import type { Observation } from '../pool.ts';
import { asMember, createMachine, leave, type Model, passes } from './memory-machine.ts';
import type { MemoryPool, MemoryPoolOptions, PoolCall } from './memory-pool-options.ts';
import { advance, DEFAULT_BALANCER, heal, presentMachines, takeStock } from './memory-time.ts';

/** What the platform refuses, as a `PoolFault`. */
class MemoryPoolError extends Error {
  override readonly name = 'MemoryPoolError';
  readonly reason: 'quota' | 'busy' | 'gone' | undefined;

  constructor(message: string, reason?: 'quota' | 'busy' | 'gone') {
    super(message);
    this.reason = reason;
  }
}

/**
 * A pool that lives in memory: members boot, a balancer admits and removes them, the pool heals itself and is not at rest
 * for a while after each change. For tests of `rollout` and of what is built on it.
 */
export function createMemoryPool(options: MemoryPoolOptions): MemoryPool {
  const { clock, latencyMs = 200, changeMs = 2_000, balancer } = options;
  const model = createModel(options);
  let annotations = options.annotations ?? {};
  let steadyMs = 0;
  const calls: PoolCall[] = [];
  const violations: string[] = [];
  const now = (): void => advance(model, clock.monotonicMs());

  const call = async <Result>(
    method: PoolCall['method'],
    detail: Omit<PoolCall, 'index' | 'method' | 'at'>,
    signal: AbortSignal | undefined,
    effect: () => Result,
  ): Promise<Result> => {
    const entry: PoolCall = { index: calls.length + 1, method, at: clock.now(), ...detail };
    calls.push(entry);
    const failure = options.failure?.(entry);
    const error = failure?.error ?? new MemoryPoolError('Connection lost');
    if (failure?.when === 'before') throw error;
    await clock.sleep(latencyMs / 2, { signal });
    now();
    const result = effect();
    now();
    takeStock(model);
    await clock.sleep(latencyMs / 2, { signal });
    if (failure?.when === 'after') throw error;
    return result;
  };

  /** Pools refuse a second change while the first is under way. */
  const change = (what: string, isResize: boolean): void => {
    if (model.nowMs < steadyMs) {
      violations.push(`${what} while the pool was changing`);
      throw new MemoryPoolError('The pool is busy', 'busy');
    }
    if (isResize) steadyMs = model.nowMs + changeMs;
  };

  const observation = (): Observation => ({
    observedAt: clock.now(),
    status:
      options.refusal !== undefined ? 'refused' : model.nowMs < steadyMs ? 'changing' : 'steady',
    statusDetail: options.refusal ?? (model.nowMs < steadyMs ? 'scaling' : 'running'),
    size: model.size,
    template: model.template,
    annotations,
    members: [...model.machines.values()].map((machine) => asMember(model, machine)),
    balancers:
      balancer === null
        ? []
        : [{ name: 'web', mode: 'http', port: 80, path: '/', ...DEFAULT_BALANCER, ...balancer }],
  });

  const remove = (ids: readonly string[]): void => {
    const gone = ids.filter((id) => (model.machines.get(id)?.state ?? 'leaving') === 'leaving');
    if (gone.length > 0) throw new MemoryPoolError(`No such member: ${gone.join(', ')}`, 'gone');
    change('evict', true);
    model.size -= ids.length;
    for (const id of ids) {
      const machine = model.machines.get(id);
      if (machine !== undefined) leave(model, machine);
    }
  };

  const pool: MemoryPool = {
    calls,
    violations,
    cut: model.cut,
    get mutations() {
      return calls.filter(({ method }) => method !== 'observe' && method !== 'capacity');
    },
    get minServing() {
      return model.minServing;
    },
    get peak() {
      return model.peak;
    },
    observe: ({ signal } = {}) => call('observe', {}, signal, observation),
    begin: (template, notes, { signal } = {}) =>
      call('begin', { template }, signal, () => {
        change('begin', false);
        model.template = template;
        annotations = notes;
      }),
    settle: (notes, { signal } = {}) =>
      call('settle', {}, signal, () => {
        change('settle', false);
        annotations = notes;
      }),
    grow: (size, { signal } = {}) =>
      call('grow', { size }, signal, () => {
        if (size < presentMachines(model).length) violations.push(`grow to ${size} would shrink`);
        const more = size - presentMachines(model).length;
        if (model.machines.size + more > model.quota)
          throw new MemoryPoolError('Quota exceeded', 'quota');
        change('grow', true);
        model.size = size;
        heal(model);
      }),
    evict: (ids, { signal } = {}) => call('evict', { ids }, signal, () => remove(ids)),
    capacity: ({ signal } = {}) =>
      call('capacity', {}, signal, () => model.quota - model.machines.size),
    drain: ({ id }, { signal } = {}) =>
      call('drain', { ids: [id] }, signal, () => {
        const machine = model.machines.get(id);
        if (machine === undefined) throw new MemoryPoolError(`No such member: ${id}`, 'gone');
        machine.isDraining = true;
        machine.turnsMs = model.nowMs + (options.lameDuckMs ?? 60_000);
      }),
    probe: async ({ id }) => {
      now();
      const machine = model.machines.get(id);
      const passed = machine !== undefined && passes(model, machine);
      return { passed, detail: passed ? 'answered 200' : 'answered 503' };
    },
    resize: (size) => {
      now();
      model.size = size;
      for (const machine of presentMachines(model).slice(size)) leave(model, machine);
      heal(model);
    },
    overwrite: (other) => {
      model.template = other.template ?? model.template;
      annotations = other.annotations ?? annotations;
    },
    kill: (id) => {
      now();
      const machine = model.machines.get(id);
      if (machine !== undefined) leave(model, machine);
      heal(model);
    },
    setQuota: (quota) => {
      model.quota = quota;
    },
  };
  for (const method of options.without ?? []) delete (pool as Partial<MemoryPool>)[method];
  return pool;
}

function createModel(options: MemoryPoolOptions): Model {
  const nowMs = options.clock.monotonicMs();
  const model: Model = {
    options,
    startAt: new Date(options.clock.now().getTime() - nowMs),
    machines: new Map(),
    size: options.size,
    template: options.template,
    quota: options.quota ?? Number.POSITIVE_INFINITY,
    created: 0,
    nowMs,
    nextCheckMs: nowMs,
    minServing: options.size,
    peak: options.size,
    cut: [],
  };
  for (let count = 0; count < options.size; count += 1)
    createMachine(model, options.template, true);
  return model;
}
