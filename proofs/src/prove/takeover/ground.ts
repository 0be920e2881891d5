import { setTimeout as delay } from 'node:timers/promises';
import type { CloudEvent, PoolSnapshot } from '@exoship/sandbox';
import type { World } from '../../demo/world.ts';
import type { Ci } from '../../harness/open-ci.ts';
import { startLoad } from '../../load/load.ts';
import { type Ended, strike, type TimedSignal } from '../signals/strike.ts';
import type { Moment } from './moment.ts';
import { type Artifact, POOL_SIZE, type StrategyName } from './settings.ts';
import type { Write, WriteBook } from './writes.ts';

/** One pool under load, and lines of a pipeline that are run against it. */
export interface Ground extends AsyncDisposable {
  readonly name: string;
  /** The templates that it is not on and that it is on. */
  sides(): { readonly to: Artifact; readonly from: Artifact };
  /** Runs a line as a job of its own: `name` is its CI_JOB_ID. */
  run(line: GroundLine, signals?: readonly TimedSignal[]): Promise<Ended>;
  /** Calls back at a moment of this pool, counted from now; disposing forgets it. */
  at(moment: Moment, act: () => void): Disposable;
  /** The same as a promise. */
  until(moment: Moment, otherwise: Promise<unknown>): Promise<void>;
  pool(): PoolSnapshot;
  labels(): Readonly<Record<string, string>>;
  serving(): number;
  writes(since: Date): readonly Write[];
  /** Forgets what was seen so far; from here on nothing may be dropped and nobody missing. */
  watch(): Watched;
}

export interface GroundLine {
  readonly argv: readonly string[];
  readonly job: string;
  readonly strategy?: StrategyName;
}

export interface Watched extends Disposable {
  /** What the clients and the balancer have seen since, as broken promises. */
  violations(): readonly string[];
}

export interface GroundParts {
  readonly ci: Ci;
  readonly name: string;
  readonly world: World;
  readonly artifacts: readonly [Artifact, Artifact];
  readonly configs: Readonly<Record<StrategyName, string>>;
  readonly book: WriteBook;
}

const RATE_PER_SECOND = 15;

export function openGround({ ci, name, world, artifacts, configs, book }: GroundParts): Ground {
  const { cloud, balancers } = ci.sandbox;
  const { poolId, serviceId } = world;
  const members = new Set<string>(poolOf(ci, poolId).members.map(({ id }) => id));
  const forget = cloud.subscribe((event) => {
    if (event.type === 'instance-changed' && event.poolId === poolId) members.add(event.instanceId);
  });
  const load = startLoad({
    target: { host: world.address, port: world.port },
    ratePerSecond: RATE_PER_SECOND,
    body: 'Hello, World!',
    memberOf: (localPort) => balancers.get(serviceId)?.memberOf(localPort),
    maxDurationMs: Number.POSITIVE_INFINITY,
  });
  const isOurs = (event: CloudEvent): boolean =>
    (event.type === 'operation-started' || event.type === 'operation-done') &&
    (event.referenceId === poolId || members.has(event.referenceId));
  const serving = (): number =>
    cloud.snapshot().services.find(({ id }) => id === serviceId)?.serving.length ?? 0;

  const at: Ground['at'] = ({ operation, delayMs }, act) => {
    let timer: NodeJS.Timeout | undefined;
    const arm = (): void => {
      if (delayMs === 0) act();
      else timer = setTimeout(act, delayMs);
    };
    let seen = 0;
    const stop = cloud.subscribe((event) => {
      if (!isOurs(event)) return;
      seen += 1;
      if (seen === operation) arm();
    });
    if (operation === 0) timer = setTimeout(act, delayMs);
    return {
      [Symbol.dispose]: () => {
        stop();
        clearTimeout(timer);
      },
    };
  };

  return {
    name,
    sides: () => {
      const [one, other] = artifacts;
      return poolOf(ci, poolId).templateId === one.templateId
        ? { from: one, to: other }
        : { from: other, to: one };
    },
    run: ({ argv, job, strategy = 'double' }, signals = []) =>
      strike(
        {
          argv,
          cwd: ci.folder,
          env: ci.env({ EXOSHIP_CONFIG: configs[strategy], EXOSHIP_POOL: name, CI_JOB_ID: job }),
        },
        signals,
      ),
    at,
    until: async (moment, otherwise) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      using _waiting = at(moment, resolve);
      await Promise.race([promise, otherwise]);
    },
    pool: () => poolOf(ci, poolId),
    labels: () => cloud.pools.get(ci.sandbox.zone, poolId).labels,
    serving,
    writes: (since) => book.of(poolId, members, since),
    watch: () => watch(ci, world, () => load.read().failed, serving()),
    [Symbol.asyncDispose]: async () => {
      forget();
      await load.stop();
    },
  };
}

function poolOf(ci: Ci, poolId: string): PoolSnapshot {
  const pool = ci.sandbox.cloud.snapshot().pools.find(({ id }) => id === poolId);
  if (pool === undefined) throw new RangeError('The pool is gone');
  return pool;
}

function watch(
  { sandbox }: Ci,
  { poolId, serviceId }: World,
  readFailures: () => readonly { readonly outcome: string }[],
  servingNow: number,
): Watched {
  const before = readFailures().length;
  let least = servingNow;
  let most = 0;
  const stop = sandbox.cloud.subscribe((event) => {
    if (event.type === 'serving-changed' && event.serviceId === serviceId) {
      least = Math.min(least, event.instanceIds.length);
    }
    if (event.type === 'member-joined' && event.poolId === poolId) {
      const pool = sandbox.cloud.snapshot().pools.find(({ id }) => id === poolId);
      most = Math.max(most, pool?.members.length ?? 0);
    }
  });
  return {
    violations: () => {
      const failures = Map.groupBy(readFailures().slice(before), ({ outcome }) => outcome);
      return [
        ...[...failures].map(([outcome, those]) => `${those.length} requests dropped: ${outcome}`),
        ...(least < POOL_SIZE ? [`only ${least} of ${POOL_SIZE} members served at worst`] : []),
        ...(most > 2 * POOL_SIZE ? [`${most} members at most, more than ${2 * POOL_SIZE}`] : []),
      ];
    },
    [Symbol.dispose]: stop,
  };
}

const POLL_MS = 50;

/** Looks until nothing is wrong, or the time is over; resolves with what is wrong then. */
export async function wrongAfter(
  waitMs: number,
  look: () => readonly string[],
): Promise<readonly string[]> {
  const deadlineMs = performance.now() + waitMs;
  for (;;) {
    const wrong = look();
    if (wrong.length === 0 || performance.now() >= deadlineMs) return wrong;
    await delay(POLL_MS);
  }
}
