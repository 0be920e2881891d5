import { type PoolTrack, trackPool } from '../../simulation/track-pool.ts';
import { createTraffic, type TrafficTotals } from '../../simulation/traffic.ts';
import { countWire, createWire, createWireCounts, type WireCounts } from '../../simulation/wire.ts';
import { createWorld, type World, type WorldOptions } from '../../simulation/world.ts';
import type { Contender, Policy } from './contender.ts';

export interface Played extends PoolTrack, TrafficTotals, WireCounts {
  /** Old members that were left when everything had come to rest. */
  readonly oldLeft: number;
  /** As many members as there were, all new, all serving. */
  readonly isCorrect: boolean;
}

const roundTripMs = 50;
const requestsPerSecond = 20;
/** Long enough for whatever a contender has set off to be seen. */
const afterwardsMs = 10 * 60_000;

/** One contender, one seed: a pool under traffic, from the start until everything is at rest. */
export async function play(
  contender: Contender,
  policy: Policy,
  options: WorldOptions,
): Promise<Played> {
  const world = await createWorld(options);
  const { cloud, time, size } = world;
  const traffic = createTraffic(world, { perSecond: requestsPerSecond });
  const tracker = trackPool(world);
  const counts = createWireCounts();
  const wire = countWire(createWire(time.clock, roundTripMs), counts);
  const startMs = time.clock.monotonicMs();
  const proven = new Set<string>();
  let provenMs: number | undefined;
  const prove = (id: string): void => {
    if (!isNew(world, id)) return;
    traffic.prove(id);
    proven.add(id);
    if (proven.size === size) provenMs ??= time.clock.monotonicMs() - startMs;
  };
  await time.drive(contender.run({ world, wire, policy, prove }), 7 * 24 * 3_600_000);
  const finished = { ...counts };
  const isAtRest = (): boolean => tracker.track().toCleanMs !== undefined;
  await time.runUntil(isAtRest, afterwardsMs);
  const played = {
    ...tracker.track(),
    ...traffic.totals(),
    ...finished,
    ...endOf(world),
    ...(contender.isGated ? { toNewMs: provenMs } : {}),
  };
  cloud.close();
  return played;
}

function isNew({ cloud, poolId, to }: World, id: string): boolean {
  return cloud.pools.members(poolId).some((one) => one.id === id && one.templateId === to);
}

function endOf(world: World): Pick<Played, 'oldLeft' | 'isCorrect'> {
  const { cloud, poolId, serviceId, size, to } = world;
  const members = cloud.pools.members(poolId);
  const oldLeft = members.filter(({ templateId }) => templateId !== to).length;
  const serving = cloud.loadBalancers.serving(serviceId).length;
  return { oldLeft, isCorrect: oldLeft === 0 && members.length === size && serving === size };
}
