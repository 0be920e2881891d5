import { type Caller, createCaller } from './memory-calls.ts';
import { change, drain, evict, grow, kill, look, resize } from './memory-effects.ts';
import { createMachine, type Model, passes } from './memory-machine.ts';
import type { MemoryPool, MemoryPoolOptions, PoolCall } from './memory-pool-options.ts';
import { advance, takeStock } from './memory-time.ts';

/**
 * A pool that lives in memory: members boot, a balancer admits and removes them, the pool heals itself and is not at rest
 * for a while after each change. For tests of `rollout` and of what is built on it.
 */
export function createMemoryPool(options: MemoryPoolOptions): MemoryPool {
  const model = createModel(options);
  const calls: PoolCall[] = [];
  const catchUp = (): void => {
    advance(model, options.clock.monotonicMs());
    takeStock(model);
  };
  const pool: MemoryPool = {
    calls,
    violations: model.violations,
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
    ...createPlatform(model, createCaller(options, calls, catchUp)),
    ...createHands(model, catchUp),
  };
  for (const method of options.without ?? []) delete (pool as Partial<MemoryPool>)[method];
  return pool;
}

type Method = 'observe' | 'begin' | 'settle' | 'grow' | 'evict' | 'capacity' | 'drain';

/** What a controller may call. */
function createPlatform(model: Model, call: Caller): Pick<MemoryPool, Method> {
  return {
    observe: ({ signal } = {}) => call('observe', {}, signal, () => look(model)),
    begin: (template, annotations, { signal } = {}) =>
      call('begin', { template }, signal, () => {
        change(model, 'begin', 0);
        model.template = template;
        model.annotations = annotations;
      }),
    settle: (annotations, { signal } = {}) =>
      call('settle', {}, signal, () => {
        change(model, 'settle', 0);
        model.annotations = annotations;
      }),
    grow: (size, { signal } = {}) => call('grow', { size }, signal, () => grow(model, size)),
    evict: (ids, { signal } = {}) => call('evict', { ids }, signal, () => evict(model, ids)),
    drain: ({ id }, { signal } = {}) =>
      call('drain', { ids: [id] }, signal, () => drain(model, id)),
    capacity: ({ signal } = {}) =>
      call('capacity', {}, signal, () => model.quota - model.machines.size),
  };
}

type Hand = 'probe' | 'resize' | 'overwrite' | 'kill' | 'setQuota';

/** What everybody else does. */
function createHands(model: Model, catchUp: () => void): Pick<MemoryPool, Hand> {
  return {
    probe: async ({ id }) => {
      catchUp();
      const machine = model.machines.get(id);
      const passed = machine !== undefined && passes(model, machine);
      return { passed, detail: passed ? 'answered 200' : 'answered 503' };
    },
    resize: (size) => {
      catchUp();
      resize(model, size);
    },
    overwrite: ({ template = model.template, annotations = model.annotations }) => {
      model.template = template;
      model.annotations = annotations;
    },
    kill: (id) => {
      catchUp();
      kill(model, id);
    },
    setQuota: (quota) => {
      model.quota = quota;
    },
  };
}

function checkOptions({ clock, size, template }: Partial<MemoryPoolOptions> = {}): void {
  if (typeof clock?.monotonicMs !== 'function') {
    throw new TypeError('Option "clock" must be a clock, such as createManualClock()');
  }
  if (typeof size !== 'number' || !(Number.isInteger(size) && size >= 0)) {
    throw new RangeError(`Option "size" must be a whole number of members: ${size}`);
  }
  if (typeof template !== 'string') throw new TypeError('Option "template" must be the id of one');
}

function createModel(options: MemoryPoolOptions): Model {
  checkOptions(options);
  const { clock, size, template, annotations = {}, quota = Number.POSITIVE_INFINITY } = options;
  const nowMs = clock.monotonicMs();
  const model: Model = {
    options,
    startAt: new Date(clock.now().getTime() - nowMs),
    machines: new Map(),
    size,
    template,
    annotations,
    quota,
    created: 0,
    nowMs,
    steadyMs: 0,
    nextCheckMs: nowMs,
    minServing: size,
    peak: size,
    cut: [],
    violations: [],
  };
  for (let count = 0; count < size; count += 1) createMachine(model, template, true);
  return model;
}
