import { type ApiCall, callName } from './api-call.ts';
import { isExoscaleError } from './exoscale-error.ts';
import { type Fields, readFields } from './fields.ts';
import { createOperations, type Operation, type Operations, readOperation } from './operations.ts';
import type { Clock } from './system-clock.ts';
import { createTransport, type Transport, type TransportOptions } from './transport.ts';

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface MutationOptions extends CallOptions {
  /** `accepted` does not wait for the end; a failure that is known at once still rejects. @default 'done' */
  readonly until?: 'accepted' | 'done' | undefined;
  /** Until the operation must have ended. @default 600_000 */
  readonly deadlineMs?: number | undefined;
}

/** What every resource is made of. */
export interface Client extends Transport {
  readonly clock: Clock;
  readonly random: () => number;
  readonly operations: Operations;
  /** What a GET answers. */
  read(call: Omit<ApiCall, 'method' | 'body'>, options?: CallOptions): Promise<Fields>;
  /** Sends a call that answers an operation, and waits for its success. */
  mutate(call: ApiCall, options?: MutationOptions): Promise<Operation>;
  /** As {@link mutate}; what is gone already counts as deleted. */
  remove(
    path: string,
    params: Readonly<Record<string, string>>,
    options?: MutationOptions,
  ): Promise<void>;
}

export function createClient(options: TransportOptions): Client {
  const transport = createTransport(options);
  const operations = createOperations(transport, options.clock);

  async function mutate(call: ApiCall, mutation: MutationOptions = {}): Promise<Operation> {
    const name = callName(call);
    const first = readOperation(await transport.request(call, { signal: mutation.signal }), name);
    if (mutation.until === 'accepted' && first.state === 'pending') return first;
    return operations.wait(first, { ...mutation, call: name });
  }

  return {
    ...transport,
    operations,
    clock: options.clock,
    random: options.random,
    mutate,
    async read(place, options) {
      const call = { ...place, method: 'GET' } as const;
      return readFields(await transport.request(call, options), { call: callName(call) });
    },
    async remove(path, params, mutation) {
      try {
        await mutate({ method: 'DELETE', path, params, isRepeatable: true }, mutation);
      } catch (error) {
        // Also how a repeated DELETE ends whose first answer was lost.
        const isGone =
          isExoscaleError(error) && (error.code === 'not-found' || error.reason === 'not-found');
        if (!isGone) throw error;
      }
    },
  };
}
