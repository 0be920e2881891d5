import type { World } from './world.ts';

/** What a rollout did to the pool, as the cloud itself knows it; durations from when the tracking began. */
export interface PoolTrack {
  /** Until as many new members as the pool's size served at once. */
  readonly toNewMs: number | undefined;
  /** Until nothing but new members was left, exactly as many as the pool's size, and all served. */
  readonly toCleanMs: number | undefined;
  /** Fewest members in the rotation and answering. */
  readonly minServing: number;
  /** Most members at once, leaving ones included. */
  readonly peak: number;
  /** Members beyond the pool's size, over time. */
  readonly surplusMinutes: number;
}

export interface PoolTracker {
  track(): PoolTrack;
}

export function trackPool(world: World): PoolTracker {
  const { cloud, time, poolId, serviceId, size, to } = world;
  const startMs = time.clock.monotonicMs();
  const isNew = new Map(
    cloud.pools.members(poolId).map(({ id, templateId }) => [id, templateId === to]),
  );
  let serving: readonly string[] = cloud.loadBalancers.serving(serviceId);
  let toNewMs: number | undefined;
  let toCleanMs: number | undefined;
  let minServing = serving.length;
  let peak = isNew.size;
  let surplusMs = 0;
  let lastMs = startMs;

  function look(): void {
    const nowMs = time.clock.monotonicMs();
    minServing = Math.min(minServing, serving.length);
    peak = Math.max(peak, isNew.size);
    const servingNew = serving.filter((id) => isNew.get(id)).length;
    if (servingNew >= size) toNewMs ??= nowMs - startMs;
    const isClean = isNew.size === size && servingNew === size;
    if (isClean) toCleanMs ??= nowMs - startMs;
    else toCleanMs = undefined;
  }

  function addSurplus(): void {
    const nowMs = time.clock.monotonicMs();
    surplusMs += Math.max(0, isNew.size - size) * (nowMs - lastMs);
    lastMs = nowMs;
  }

  cloud.subscribe((event) => {
    if (event.type === 'serving-changed') serving = event.instanceIds;
    else if (event.type === 'member-joined') {
      addSurplus();
      isNew.set(event.instanceId, event.templateId === to);
    } else if (event.type === 'member-left') {
      addSurplus();
      isNew.delete(event.instanceId);
    } else return;
    look();
  });
  return {
    track: () => {
      addSurplus();
      return { toNewMs, toCleanMs, minServing, peak, surplusMinutes: surplusMs / 60_000 };
    },
  };
}
