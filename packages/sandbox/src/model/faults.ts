import type { TransportFault } from '../http/exchange.ts';
import type { OperationReason } from './operations.ts';

export interface FaultMatch {
  /** Upper case. */
  readonly method?: string | undefined;
  /** A regular expression, matched against the path behind `/v2`: `^/instance-pool/[^/]+:evict$`. */
  readonly pathPattern?: string | undefined;
  /** The API's own name for the call: `scale-instance-pool`. */
  readonly operation?: string | undefined;
  /** A regular expression, matched against an instance's name. For boot failures, which look at nothing else. */
  readonly instancePattern?: string | undefined;
}

/** How a call goes wrong. */
export type FaultEffect =
  /** Answered with this status; nothing happens. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly message?: string | undefined;
      readonly headers?: Readonly<Record<string, string>> | undefined;
    }
  /** The network fails, before or after the call has had its full effect. */
  | { readonly kind: 'transport'; readonly fault: TransportFault }
  /** Answered late. */
  | { readonly kind: 'latency'; readonly delayMs: number }
  /** The call is accepted, its operation does not succeed. Matches by `operation` alone. */
  | {
      readonly kind: 'operation-failure';
      /** `pending`: the operation never ends. @default 'failure' */
      readonly state?: 'failure' | 'timeout' | 'pending' | undefined;
      /** @default 'fault' */
      readonly reason?: OperationReason | undefined;
      readonly message?: string | undefined;
      /** `full`: it did everything and says otherwise. @default 'none' */
      readonly effect?: 'none' | 'full' | undefined;
    }
  /** An instance is switched on and never comes up: it is `running`, and nothing answers. */
  | { readonly kind: 'boot-failure' };

export type Fault = FaultEffect & {
  readonly match: FaultMatch;
  /** How many matching calls go well first. @default 0 */
  readonly skip?: number | undefined;
  /** How many matching calls are hit; then the fault is spent. @default 1 */
  readonly count?: number | undefined;
};

export type OperationFault = Extract<Fault, { kind: 'operation-failure' }>;
export type CallFault = Exclude<Fault, { kind: 'operation-failure' | 'boot-failure' }>;

export interface Call {
  readonly method: string;
  /** Behind `/v2`, without the query. */
  readonly path: string;
  readonly operation: string;
}

/** A fault that waits. */
export interface ArmedFault {
  readonly id: string;
  readonly fault: Fault;
  /** How many calls it will still hit. */
  readonly left: number;
}

/** Faults that wait for their call. */
export interface Faults {
  /** The returned function removes the fault. */
  add(fault: Fault): () => void;
  list(): readonly ArmedFault[];
  /** `false` when it is gone, or was spent. */
  remove(id: string): boolean;
  clear(): void;
  /** The fault that hits this call, counted as used. */
  takeCall(call: Call): CallFault | undefined;
  takeOperation(operation: string): OperationFault | undefined;
  /** Whether this instance does not come up. */
  takeBoot(instanceName: string): boolean;
}

export function createFaults(initial: readonly Fault[]): Faults {
  const armed = new Map<string, { readonly fault: Fault; seen: number }>();
  let ever = 0;

  function add(fault: Fault): () => void {
    if (fault.kind === 'operation-failure' && fault.match.operation === undefined) {
      throw new TypeError('A fault of kind "operation-failure" needs match.operation');
    }
    ever += 1;
    const id = `fault-${ever}`;
    armed.set(id, { fault, seen: 0 });
    return () => void armed.delete(id);
  }

  function take(matches: (fault: Fault) => boolean): Fault | undefined {
    for (const [id, entry] of armed) {
      const { skip = 0, count = 1 } = entry.fault;
      if (!matches(entry.fault)) continue;
      entry.seen += 1;
      if (entry.seen >= skip + count) armed.delete(id);
      if (entry.seen > skip) return entry.fault;
    }
    return undefined;
  }

  for (const fault of initial) add(fault);
  return {
    add,
    list: () =>
      [...armed].map(([id, { fault, seen }]) => {
        const { skip = 0, count = 1 } = fault;
        return { id, fault, left: Math.min(count, skip + count - seen) };
      }),
    remove: (id) => armed.delete(id),
    clear: () => armed.clear(),
    takeCall: (call) =>
      take((fault) => isOfCalls(fault) && matchesCall(fault.match, call)) as CallFault | undefined,
    takeOperation: (operation) =>
      take((fault) => fault.kind === 'operation-failure' && fault.match.operation === operation) as
        | OperationFault
        | undefined,
    takeBoot: (name) =>
      take(
        ({ kind, match }) =>
          kind === 'boot-failure' && new RegExp(match.instancePattern ?? '').test(name),
      ) !== undefined,
  };
}

function isOfCalls(fault: Fault): fault is CallFault {
  return fault.kind !== 'operation-failure' && fault.kind !== 'boot-failure';
}

function matchesCall(match: FaultMatch, call: Call): boolean {
  return (
    (match.method === undefined || match.method === call.method) &&
    (match.operation === undefined || match.operation === call.operation) &&
    (match.pathPattern === undefined || new RegExp(match.pathPattern).test(call.path))
  );
}
