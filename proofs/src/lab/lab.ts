import type { ApiCall, Exoscale, Instance, InstancePool } from '@exoship/exoscale-api';
import { type Accepted, beginCall, type Ended, endCall, type Refused } from './attempt.ts';
import type { Needs } from './experiment.ts';
import type { Ground, GuestKind, Pace } from './ground.ts';
import { LabError } from './lab-error.ts';
import { namePrefix, runLabel } from './names.ts';

export interface PoolWish {
  readonly size: number;
  readonly guest?: GuestKind | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly securityGroupIds?: readonly string[] | undefined;
  readonly minAvailable?: number | undefined;
  /** Waits until all members run. @default true */
  readonly isAwaited?: boolean | undefined;
}

/** What one experiment works with. Everything it creates bears the run's name and counts against what it may use. */
export interface Lab {
  readonly exoscale: Exoscale;
  readonly pace: Pace;
  readonly port: number;
  readonly signal: AbortSignal;
  /** The first part of every name. */
  readonly prefix: string;
  nowMs(): number;
  sleep(ms: number): Promise<void>;
  guest: Ground['guest'];
  /** Goes into the evidence. */
  note(line: string): void;
  createPool(wish: PoolWish): Promise<string>;
  createInstance(name: string, guest: GuestKind): Promise<string>;
  createBalancer(poolId: string): Promise<string>;
  pool(id: string): Promise<InstancePool>;
  /** Those that are not being deleted. */
  members(poolId: string): Promise<readonly Instance[]>;
  /** To a size, either way; resolves once the pool rests again. */
  scale(poolId: string, size: number): Promise<void>;
  /** Until the pool rests with as many members as it wants; resolves with them. */
  rest(poolId: string): Promise<readonly Instance[]>;
  begin(call: ApiCall): Promise<Accepted | Refused>;
  end(accepted: Accepted): Promise<Ended>;
  attempt(call: ApiCall): Promise<Ended | Refused>;
  /** As {@link attempt}, for what the experiment rests on. */
  must(call: ApiCall): Promise<void>;
  /** Looks until there is something to see; `undefined` when there was nothing for so long. */
  look<T>(eye: () => Promise<T | undefined>, forMs?: number): Promise<T | undefined>;
  /** As {@link look}, for what the experiment rests on. */
  expect<T>(what: string, eye: () => Promise<T | undefined>, forMs?: number): Promise<T>;
  /** Counts instances that are about to be created. */
  charge(instances: number): void;
}

export interface LabOptions {
  readonly runId: string;
  readonly needs: Needs;
  readonly signal: AbortSignal;
  readonly note: (line: string) => void;
  /** Told how long a machine took from its creation until it ran. */
  readonly onBoot: (ms: number) => void;
}

const leaving: readonly string[] = ['destroying', 'destroyed', 'expunging'];

export function createLab(ground: Ground, options: LabOptions): Lab {
  const { exoscale, clock, pace } = ground;
  const { runId, needs, signal } = options;
  const prefix = namePrefix(runId);
  const labels = { [runLabel]: runId };
  let charged = 0;
  let made = 0;

  function charge(instances: number): void {
    charged += instances;
    if (charged <= needs.instances) return;
    throw new LabError(
      'over-budget',
      `Needs ${charged} instances, and ${needs.instances} were planned`,
    );
  }

  async function machine(kind: GuestKind) {
    const type = await exoscale.instanceTypes.find(ground.instanceType, { signal });
    if (type === undefined) {
      throw new LabError('refused', `There is no instance type "${ground.instanceType}"`);
    }
    return { ...ground.guest(kind), instanceTypeId: type.id, diskSizeGib: 10 };
  }

  async function look<T>(
    eye: () => Promise<T | undefined>,
    forMs = pace.patienceMs,
  ): Promise<T | undefined> {
    const startedMs = clock.monotonicMs();
    for (;;) {
      const seen = await eye();
      if (seen !== undefined || clock.monotonicMs() - startedMs >= forMs) return seen;
      await clock.sleep(pace.pollMs, { signal });
    }
  }

  const lab: Lab = {
    exoscale,
    pace,
    port: ground.port,
    signal,
    prefix,
    nowMs: () => clock.monotonicMs(),
    sleep: (ms) => clock.sleep(ms, { signal }),
    guest: (kind) => ground.guest(kind),
    note: options.note,
    charge,
    look,
    async createPool({ guest = 'web', isAwaited = true, ...wish }) {
      charge(wish.size);
      const startedMs = clock.monotonicMs();
      made += 1;
      const { id } = await exoscale.pools.create(
        {
          ...wish,
          ...(await machine(guest)),
          name: `${prefix}-pool-${made}`,
          instancePrefix: prefix,
          labels: { ...wish.labels, ...labels },
        },
        { signal, deadlineMs: pace.patienceMs },
      );
      if (!isAwaited) return id;
      await lab.rest(id);
      if (wish.size === 1) options.onBoot(clock.monotonicMs() - startedMs);
      return id;
    },
    async createInstance(name, guest) {
      charge(1);
      const { id } = await exoscale.instances.create(
        { ...(await machine(guest)), name: `${prefix}-${name}`, labels },
        { signal, deadlineMs: pace.patienceMs },
      );
      return id;
    },
    async createBalancer(poolId) {
      const { port } = ground;
      const { id } = await exoscale.loadBalancers.create(
        { name: `${prefix}-front` },
        { signal, deadlineMs: pace.patienceMs },
      );
      const healthCheck = { mode: 'http', port, uri: '/', retries: 2, ...pace.check } as const;
      await exoscale.loadBalancers.addService(
        id,
        { name: 'http', poolId, port, targetPort: port, healthCheck },
        { signal, deadlineMs: pace.patienceMs },
      );
      return id;
    },
    pool: (id) => exoscale.pools.get(id, { signal }),
    members: async (poolId) =>
      (await exoscale.pools.members(poolId, { signal })).filter(
        ({ state }) => !leaving.includes(state),
      ),
    async scale(id, size) {
      charge(Math.max(0, size - (await lab.pool(id)).size));
      await lab.must({
        method: 'PUT',
        path: '/instance-pool/{id}:scale',
        params: { id },
        body: { size },
      });
      await lab.rest(id);
    },
    rest: (poolId) =>
      lab.expect('the pool to rest', async () => {
        const pool = await lab.pool(poolId);
        const members = await lab.members(poolId);
        const isWhole = members.length === pool.size && pool.memberIds.length === pool.size;
        const isRunning = members.every(({ state }) => state === 'running');
        return pool.state === 'running' && isWhole && isRunning ? members : undefined;
      }),
    begin: (call) => beginCall(exoscale, call, signal),
    end: (accepted) => endCall(exoscale, accepted, { signal, deadlineMs: pace.patienceMs }),
    async attempt(call) {
      const begun = await lab.begin(call);
      return begun.kind === 'refused' ? begun : lab.end(begun);
    },
    async must(call) {
      const ended = await lab.attempt(call);
      if (ended.kind !== 'done') throw new LabError('refused', ended.message);
      options.note(`${call.method} ${call.path}: done (operation ${ended.operationId})`);
    },
    async expect(what, eye, forMs) {
      const seen = await look(eye, forMs);
      if (seen !== undefined) return seen;
      throw new LabError('impatient', `Waited ${forMs ?? pace.patienceMs} ms for ${what}`);
    },
  };
  return lab;
}
