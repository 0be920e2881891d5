import { type Member, type Observation, planRollout } from '@exoship/rollout';
import { liveHeapBytes } from '../../live-heap.ts';
import { createWire, type Wire } from '../../simulation/wire.ts';
import { createWorld } from '../../simulation/world.ts';
import type { Policy } from './contender.ts';
import { createOurs, type StrategyKind } from './ours.ts';

export interface Scale {
  /** A whole plan, by its steps: no single decision takes longer on average. */
  readonly planStep: {
    readonly at1000Ms: number;
    readonly at10000Ms: number;
    readonly ratio: number;
  };
  /** Through the real executor, N = 10, the world included. */
  readonly rolloutsPerSecond: number;
  readonly memory: {
    readonly rollouts: number;
    /** What one more leaves on the heap, over all but the first tenth. */
    readonly heapBytesPerRollout: number;
  };
  readonly calls: {
    readonly readsAPoll: number;
    /** Of the pool; a drain is one call a member besides. */
    readonly mutationsAGeneration: number;
  };
}

/** The defaults of `rollout`. */
const defaults: Policy = { k: 3, holdMs: 10_000, drainMs: 17_000, pollMs: 5_000 };

export async function measureScale(signal: AbortSignal): Promise<Scale> {
  return {
    planStep: measurePlanSteps(),
    rolloutsPerSecond: await measureRate(signal),
    memory: await measureMemory(signal, 10_000),
    calls: await measureCalls(),
  };
}

function measurePlanSteps(): Scale['planStep'] {
  const few = observationOf(1_000);
  const many = observationOf(10_000);
  const small = best(() => planStepMs(few));
  const large = best(() => planStepMs(many));
  return { at1000Ms: round(small), at10000Ms: round(large), ratio: round(large / small) };
}

/** The least of several: whatever is more was somebody else's. */
function best(measure: () => number): number {
  return Math.min(...Array.from({ length: 15 }, measure));
}

function planStepMs(observation: Observation): number {
  const startMs = performance.now();
  const { steps } = planRollout(observation, {
    template: 'to',
    strategy: { kind: 'double' },
  });
  return (performance.now() - startMs) / steps.length;
}

function observationOf(size: number): Observation {
  const members = Array.from(
    { length: size },
    (_, index): Member => ({
      id: `member-${index}`,
      name: `member-${index}`,
      template: 'from',
      state: 'running',
      createdAt: new Date(index),
      isProtected: false,
      verdict: 'healthy',
    }),
  );
  const rest = {
    status: 'steady',
    statusDetail: 'running',
    annotations: {},
    balancers: [],
  } as const;
  return { observedAt: new Date(0), size, template: 'from', members, ...rest };
}

async function measureRate(signal: AbortSignal): Promise<number> {
  const runs = 100;
  await playMany(10, 20, signal);
  const startMs = performance.now();
  await playMany(10, runs, signal);
  return round((runs * 1000) / (performance.now() - startMs));
}

async function measureMemory(signal: AbortSignal, rollouts: number): Promise<Scale['memory']> {
  await playMany(1, rollouts / 10, signal);
  const before = liveHeapBytes();
  await playMany(1, rollouts * 0.9, signal);
  return { rollouts, heapBytesPerRollout: round((liveHeapBytes() - before) / (rollouts * 0.9)) };
}

async function playMany(size: number, runs: number, signal: AbortSignal): Promise<void> {
  for (let run = 0; run < runs; run += 1) {
    signal.throwIfAborted();
    await playOnce(size, 'double', `scale-${run}`, (wire) => wire);
  }
}

async function playOnce(
  size: number,
  strategy: StrategyKind,
  seed: string,
  tap: (wire: Wire) => Wire,
): Promise<void> {
  const world = await createWorld({ seed, size });
  const wire = tap(createWire(world.time.clock, 0));
  const stage = { world, wire, policy: defaults, prove: () => undefined };
  await world.time.drive(createOurs(strategy).run(stage));
  world.cloud.close();
}

async function measureCalls(): Promise<Scale['calls']> {
  const size = 10;
  const calls = new Map<string, number>();
  await playOnce(size, 'one-by-one', 'calls', (wire) => (call, effect, signal) => {
    calls.set(call.operation, (calls.get(call.operation) ?? 0) + 1);
    return wire(call, effect, signal);
  });
  const count = (operation: string): number => calls.get(operation) ?? 0;
  const changes = ['update-instance-pool', 'scale-instance-pool', 'evict-instance-pool-members'];
  const mutations = changes.reduce((sum, operation) => sum + count(operation), 0);
  const polls = count('list-instances');
  // Each change looks at the pool as well, once before or on both sides of it; those are no polls.
  const looks = 2 * count('update-instance-pool') + count('scale-instance-pool');
  const reads = polls + count('list-load-balancers') + count('get-instance-pool') - looks;
  return {
    readsAPoll: round(reads / polls),
    // Less the one that begins and the one that ends.
    mutationsAGeneration: round((mutations - 2) / size),
  };
}

function round(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
