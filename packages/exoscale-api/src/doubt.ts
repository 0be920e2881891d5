import type { Client } from './client.ts';
import { type ExoscaleError, isExoscaleError } from './exoscale-error.ts';
import { isTransient, pauseMs } from './retry.ts';

/** How often a create is sent at most. */
export const createsAllowed = 3;

/** Look-ups before a create counts as not done: what was accepted may show late. */
const lookUps = 3;

/** A create went wrong in a way that may have had its effect. An operation that is known is not in doubt. */
export function isDoubtful(error: unknown): error is ExoscaleError {
  return (
    isExoscaleError(error) && error.sent && error.operationId === undefined && isTransient(error)
  );
}

export interface LookUp<T> {
  readonly find: () => Promise<readonly T[]>;
  readonly signal?: AbortSignal | undefined;
}

/** Looks until something is there, with growing pauses; rejects with `doubt` itself when looking is not possible either. */
export async function lookUp<T>(
  client: Client,
  { find, signal }: LookUp<T>,
  doubt: ExoscaleError,
): Promise<readonly T[]> {
  for (let made = 1; made <= lookUps; made++) {
    await client.clock.sleep(pauseMs(made, doubt.retryAfterMs, client.random), { signal });
    const found = await find().catch((error: unknown) => {
      signal?.throwIfAborted();
      throw isExoscaleError(error) ? doubt : error;
    });
    if (found.length > 0) return found;
  }
  return [];
}
