import type { VirtualClock } from './virtual-clock.ts';

/** One request to the API, as its client sends it. */
export interface WireCall {
  /** The API's own name: `scale-instance-pool`. */
  readonly operation: string;
  readonly kind: 'read' | 'mutation';
}

/** The way to the API: where requests take their time, get lost, or where whoever sends them dies. */
export type Wire = <Result>(
  call: WireCall,
  effect: () => Result,
  signal?: AbortSignal,
) => Promise<Result>;

/** A wire on which nothing goes wrong; half of the time is spent before the effect, half after it. */
export function createWire(clock: VirtualClock, roundTripMs: number): Wire {
  return async (_call, effect, signal) => {
    const options = signal === undefined ? {} : { signal };
    if (roundTripMs > 0) await clock.sleep(roundTripMs / 2, options);
    signal?.throwIfAborted();
    const result = effect();
    if (roundTripMs > 0) await clock.sleep(roundTripMs / 2, options);
    return result;
  };
}

/** Requests by what they are for. */
export interface WireCounts {
  reads: number;
  /** Changes of the pool: its template and labels, its size, its members. */
  mutations: number;
  /** Those of them that make it grow: each begins a generation. */
  generations: number;
  /** Members that were told to drain, one call each. */
  drains: number;
}

export function createWireCounts(): WireCounts {
  return { reads: 0, mutations: 0, generations: 0, drains: 0 };
}

export function countWire(wire: Wire, counts: WireCounts): Wire {
  return (call, effect, signal) => {
    if (call.kind === 'read') counts.reads += 1;
    else if (call.operation === 'stop-instance') counts.drains += 1;
    else counts.mutations += 1;
    if (call.operation === 'scale-instance-pool') counts.generations += 1;
    return wire(call, effect, signal);
  };
}
