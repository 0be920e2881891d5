import type { TransportFault } from '../http/exchange.ts';
import type { OperationReason } from './operations.ts';

export interface FaultMatch {
  /** Upper case. */
  readonly method?: string | undefined;
  /** A regular expression, matched against the path behind `/v2`: `^/instance-pool/[^/]+:evict$`. */
  readonly pathPattern?: string | undefined;
  /** The API's own name for the call: `scale-instance-pool`. */
  readonly operation?: string | undefined;
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
    };

export type Fault = FaultEffect & {
  readonly match: FaultMatch;
  /** How many matching calls go well first. @default 0 */
  readonly skip?: number | undefined;
  /** How many matching calls are hit; then the fault is spent. @default 1 */
  readonly count?: number | undefined;
};

export type OperationFault = Extract<Fault, { kind: 'operation-failure' }>;
export type CallFault = Exclude<Fault, { kind: 'operation-failure' }>;

export interface Call {
  readonly method: string;
  /** Behind `/v2`, without the query. */
  readonly path: string;
  readonly operation: string;
}

/** Faults that wait for their call. */
export interface Faults {
  /** The returned function removes the fault. */
  add(fault: Fault): () => void;
  clear(): void;
  /** The fault that hits this call, counted as used. */
  takeCall(call: Call): CallFault | undefined;
  takeOperation(operation: string): OperationFault | undefined;
}

interface Armed {
  readonly fault: Fault;
  seen: number;
}

export function createFaults(initial: readonly Fault[]): Faults {
  const armed = new Set<Armed>();

  function add(fault: Fault): () => void {
    if (fault.kind === 'operation-failure' && fault.match.operation === undefined) {
      throw new TypeError('A fault of kind "operation-failure" needs match.operation');
    }
    const entry: Armed = { fault, seen: 0 };
    armed.add(entry);
    return () => void armed.delete(entry);
  }

  function take(matches: (fault: Fault) => boolean): Fault | undefined {
    for (const entry of armed) {
      const { skip = 0, count = 1 } = entry.fault;
      if (!matches(entry.fault)) continue;
      entry.seen += 1;
      if (entry.seen >= skip + count) armed.delete(entry);
      if (entry.seen > skip) return entry.fault;
    }
    return undefined;
  }

  for (const fault of initial) add(fault);
  return {
    add,
    clear: () => armed.clear(),
    takeCall: (call) =>
      take((fault) => fault.kind !== 'operation-failure' && matchesCall(fault.match, call)) as
        | CallFault
        | undefined,
    takeOperation: (operation) =>
      take((fault) => fault.kind === 'operation-failure' && fault.match.operation === operation) as
        | OperationFault
        | undefined,
  };
}

function matchesCall(match: FaultMatch, call: Call): boolean {
  return (
    (match.method === undefined || match.method === call.method) &&
    (match.operation === undefined || match.operation === call.operation) &&
    (match.pathPattern === undefined || new RegExp(match.pathPattern).test(call.path))
  );
}
