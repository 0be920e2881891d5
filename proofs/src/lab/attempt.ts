import { type ApiCall, type Exoscale, isExoscaleError } from '@exoship/exoscale-api';

/** A call that was let in: its operation is under way, or has ended already. */
export interface Accepted {
  readonly kind: 'accepted';
  readonly operationId: string;
  readonly state: 'pending' | 'success' | 'failure' | 'timeout';
}

/** The cloud said no at once. */
export interface Refused {
  readonly kind: 'refused';
  readonly status: number | undefined;
  readonly message: string;
}

export type Ended =
  | { readonly kind: 'done'; readonly operationId: string }
  | {
      readonly kind: 'failed';
      readonly operationId: string;
      readonly reason: string | undefined;
      readonly message: string;
    };

/** How the cloud says no; anything else is trouble, and tells nothing about it. */
const refusals: readonly string[] = ['conflict', 'forbidden', 'invalid', 'not-found'];

/** Sends a change and tells how it was received. What may pass (429, 5xx) is repeated by the client. */
export async function beginCall(
  exoscale: Exoscale,
  call: ApiCall,
  signal: AbortSignal,
): Promise<Accepted | Refused> {
  try {
    const answer = await exoscale.request({ ...call, isRepeatable: true }, { signal });
    const { id, state } = answer as { readonly id: string; readonly state: Accepted['state'] };
    return { kind: 'accepted', operationId: id, state };
  } catch (error) {
    if (!isExoscaleError(error) || !refusals.includes(error.code)) throw error;
    return { kind: 'refused', status: error.status, message: error.message };
  }
}

/** Waits for the end of what was accepted. */
export async function endCall(
  exoscale: Exoscale,
  { operationId, state }: Accepted,
  options: { readonly signal: AbortSignal; readonly deadlineMs: number },
): Promise<Ended> {
  try {
    await exoscale.operations.wait({ id: operationId, state }, options);
    return { kind: 'done', operationId };
  } catch (error) {
    if (!isExoscaleError(error) || error.code !== 'operation-failed') throw error;
    return { kind: 'failed', operationId, reason: error.reason, message: error.message };
  }
}
