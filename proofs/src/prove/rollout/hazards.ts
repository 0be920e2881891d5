import { PoolRefusal } from '../../simulation/pool-refusal.ts';
import type { Wire } from '../../simulation/wire.ts';
import type { World } from '../../simulation/world.ts';
import type { Scenario, WireFault } from './scenario.ts';

/** A wire on which the scenario's faults happen, each to the request it is meant for, until `isCalm`. */
export function createHazardWire(
  world: World,
  wire: Wire,
  scenario: Scenario,
  isCalm: () => boolean,
): Wire {
  const faults = new Map(scenario.faults.map((fault) => [fault.call, fault]));
  let calls = 0;
  return async (call, effect, signal) => {
    calls += 1;
    const fault = isCalm() ? undefined : faults.get(calls);
    if (fault === undefined) return wire(call, effect, signal);
    switch (fault.kind) {
      case 'cut-before':
      case 'unavailable':
        throw broken(fault);
      case 'cut-after':
        await wire(call, effect, signal);
        throw broken(fault);
      case 'stall':
        await world.time.clock.sleep(scenario.stallMs ?? 30_000, { signal });
        return wire(call, effect, signal);
      default:
        if (call.kind === 'read') return wire(call, effect, signal);
        return wire(call, doomed(world, call.operation, fault.kind, effect), signal);
    }
  };
}

/** Neither tells whether the request had its effect. */
function broken({ kind }: WireFault): Error {
  return kind === 'unavailable'
    ? new PoolRefusal('Service unavailable (503)', undefined)
    : new TypeError('fetch failed');
}

const ends = {
  'operation-failure': { reason: 'fault' },
  'operation-timeout': { state: 'timeout' },
  'operation-busy': { reason: 'busy' },
  'operation-partial': { reason: 'partial' },
  'operation-lies': { reason: 'unknown', effect: 'full' },
} as const;

function doomed<Result>(
  { cloud }: World,
  operation: string,
  kind: keyof typeof ends,
  effect: () => Result,
): () => Result {
  return () => {
    const disarm = cloud.faults.add({
      kind: 'operation-failure',
      match: { operation },
      ...ends[kind],
    });
    try {
      return effect();
    } finally {
      disarm();
    }
  };
}
