import { createTraffic } from '../../simulation/traffic.ts';
import type { World } from '../../simulation/world.ts';
import { isDrainable, type Scenario } from './scenario.ts';
import type { Tally } from './tally.ts';

/** What the clients of the pool live through. */
export interface ClientWatch {
  /** From now on this member's failures count. */
  prove(memberId: string): void;
  /** At the end. */
  check(): void;
}

/** How long a request may be under way: the default of `drain.inFlightGrace`. */
const longestRequestMs = 5_000;
const perSecond = 20;

/** D1 and D2: every new request, and every connection that a request may still be under way on. */
export function watchClients(world: World, scenario: Scenario, tally: Tally): ClientWatch {
  if (!isDrainable(scenario)) return { prove: () => undefined, check: () => undefined };
  const traffic = createTraffic(world, { perSecond });
  const proven = new Set<string>();
  watchConnections(world, tally, proven);
  return {
    prove: (memberId) => {
      proven.add(memberId);
      traffic.prove(memberId);
    },
    check: () => {
      const { dropped, sent } = traffic.totals();
      tally.check('D1', dropped === 0, () => `${dropped} of ${sent} requests were dropped`);
    },
  };
}

/**
 * A member that goes must have had no new request for as long as the longest one takes. One that nobody has proved may
 * come up between the last look and its eviction: what its clients then meet counts as errors from unproven members.
 */
function watchConnections(
  { cloud, time, serviceId, from }: World,
  tally: Tally,
  proven: ReadonlySet<string>,
): void {
  let rotation = new Set(cloud.loadBalancers.rotation(serviceId));
  const leftMs = new Map<string, number>();
  cloud.subscribe((event) => {
    const nowMs = time.clock.monotonicMs();
    if (event.type === 'rotation-changed') {
      const now = new Set(event.instanceIds);
      for (const id of rotation) if (!now.has(id)) leftMs.set(id, nowMs);
      rotation = now;
    }
    if (event.type !== 'instance-changed') return;
    const { instanceId: id, state, templateId } = event;
    const wasOn = event.from === 'running' || event.from === 'stopping';
    const isUnproven = templateId !== from && !proven.has(id);
    if (isUnproven || !wasOn || (state !== 'destroying' && state !== 'stopped')) return;
    const isIdle = nowMs - (leftMs.get(id) ?? Number.NEGATIVE_INFINITY) >= longestRequestMs;
    tally.check(
      'D2',
      !rotation.has(id) && isIdle,
      () => `"${id}" is ${state} and ${rotation.has(id) ? 'in' : 'just out of'} the rotation`,
    );
  });
}
