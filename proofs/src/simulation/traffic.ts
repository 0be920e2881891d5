import type { World } from './world.ts';

export interface TrafficTotals {
  readonly sent: number;
  /** Not answered completely, and not by a new member that nobody had proved. */
  readonly dropped: number;
  /** Answered badly, or not at all, by a new member that nobody had proved. */
  readonly errorsFromUnproven: number;
}

export interface Traffic {
  totals(): TrafficTotals;
  /** From now on this member's failures count as dropped. */
  prove(instanceId: string): void;
}

export interface TrafficOptions {
  readonly perSecond: number;
  /** For guests that change without an event, as a hang does: how often they are looked at again. @default never */
  readonly lookEveryMs?: number | undefined;
}

type Answer = 'whole' | 'broken';

/**
 * Clients that send at a constant rate whatever comes back, one member of the rotation after the other, and never try
 * again. Between two changes of the cloud every answer is known, so that they cost nothing until something changes.
 */
export function createTraffic(world: World, { perSecond, lookEveryMs }: TrafficOptions): Traffic {
  const { cloud, time, poolId, from } = world;
  const proven = new Set<string>();
  // Kept when a member is gone: clients may be sent to it for a while.
  const templates = new Map(cloud.pools.members(poolId).map((one) => [one.id, one.templateId]));
  const totals = { sent: 0, dropped: 0, errorsFromUnproven: 0 };
  const startMs = time.clock.monotonicMs();
  let rotation = lookAtRotation(world);

  function count({ id, answer }: Target): void {
    if (answer === 'whole') return;
    if (templates.get(id) !== from && !proven.has(id)) totals.errorsFromUnproven += 1;
    else totals.dropped += 1;
  }

  function catchUp(): void {
    const due = Math.floor(((time.clock.monotonicMs() - startMs) * perSecond) / 1000);
    if (rotation.every(({ answer }) => answer === 'whole') && rotation.length > 0) {
      totals.sent = due;
      return;
    }
    for (; totals.sent < due; totals.sent += 1) {
      const target = rotation[totals.sent % Math.max(1, rotation.length)];
      if (target === undefined) totals.dropped += 1;
      else count(target);
    }
  }

  function look(): void {
    catchUp();
    rotation = lookAtRotation(world);
  }

  function tick(everyMs: number): void {
    look();
    cloud.after(everyMs, () => tick(everyMs));
  }

  cloud.subscribe((event) => {
    const { type } = event;
    if (type === 'member-joined') templates.set(event.instanceId, event.templateId);
    if (type === 'instance-changed' || type === 'rotation-changed' || type === 'serving-changed') {
      look();
    }
  });
  if (lookEveryMs !== undefined) tick(lookEveryMs);
  return {
    totals: () => {
      catchUp();
      return { ...totals };
    },
    prove: (instanceId) => void proven.add(instanceId),
  };
}

interface Target {
  readonly id: string;
  readonly answer: Answer;
}

function lookAtRotation(world: World): readonly Target[] {
  const { cloud, guests, zone, serviceId } = world;
  return cloud.loadBalancers.rotation(serviceId).map((id) => {
    // A lame duck fails its checks and answers its clients all the same.
    const isDuck = cloud.instances.get(zone, id).state === 'stopping';
    const isWhole = guests.accepts(id) && (isDuck || guests.isHealthy(id));
    return { id, answer: isWhole ? 'whole' : 'broken' };
  });
}
