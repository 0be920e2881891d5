import { ExoscaleError, isExoscaleError } from './exoscale-error.ts';
import { readFields } from './fields.ts';
import { isTransient } from './retry.ts';
import type { Clock } from './system-clock.ts';
import type { RequestOptions, Transport } from './transport.ts';

export type OperationState = 'pending' | 'success' | 'failure' | 'timeout';

/** What a mutation answers: work that Exoscale has accepted, or already done. */
export interface Operation {
  readonly id: string;
  readonly state: OperationState;
  /** One word, when it failed: `busy`, `conflict`, `unavailable`, … */
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
  /** Id of what the operation is about. */
  readonly referenceId?: string | undefined;
}

export interface WaitOptions {
  readonly signal?: AbortSignal | undefined;
  /** Until the operation must have ended. @default 600_000 */
  readonly deadlineMs?: number | undefined;
  /** The call that started it, for messages. */
  readonly call?: string | undefined;
}

export interface Operations {
  get(id: string, options?: { readonly signal?: AbortSignal | undefined }): Promise<Operation>;
  /** Resolves when the operation has succeeded; any other end is an `operation-failed`, its own deadline `timed-out`. */
  wait(operation: Operation, options?: WaitOptions): Promise<Operation>;
}

const getOperation = { method: 'GET', path: '/operation/{id}' } as const;
const firstPollMs = 250;
const longestPollMs = 3_000;
/** Consecutive polls without a usable answer that are put up with, as Exoscale's own client does. */
const failedPollsAllowed = 5;

export function createOperations(transport: Transport, clock: Clock): Operations {
  return {
    get: (id, { signal } = {}) => poll(id, { signal }),
    wait,
  };

  async function poll(id: string, options: RequestOptions): Promise<Operation> {
    return readOperation(
      await transport.request({ ...getOperation, params: { id } }, options),
      'GET /operation/{id}',
    );
  }

  async function wait(operation: Operation, options: WaitOptions = {}): Promise<Operation> {
    const { signal, deadlineMs = 600_000, call = 'GET /operation/{id}' } = options;
    const startedMs = clock.monotonicMs();
    let current = operation;
    let failedPolls = 0;
    for (let pauseMs = firstPollMs; current.state === 'pending'; pauseMs *= 1.5) {
      const leftMs = deadlineMs - (clock.monotonicMs() - startedMs);
      if (leftMs <= 0) throw stillPending(current, call, deadlineMs);
      await clock.sleep(Math.min(pauseMs, longestPollMs, leftMs), { signal });
      try {
        current = await poll(operation.id, { signal, attempts: 1, timeoutMs: Math.ceil(leftMs) });
        failedPolls = 0;
      } catch (error) {
        signal?.throwIfAborted();
        if (!mayPass(error) || ++failedPolls > failedPollsAllowed) {
          throw lostSight(error, operation, call);
        }
      }
    }
    if (current.state === 'success') return current;
    throw failed(current, call);
  }
}

/** Reads an operation; a state that is not documented is an `invalid-response`, never taken for success. */
export function readOperation(answer: unknown, call: string): Operation {
  const fields = readFields(answer, { call });
  const state = fields.text('state');
  if (!isState(state)) {
    throw new ExoscaleError(
      `Cannot use the answer to "${call}": unknown operation state "${state}"`,
      {
        code: 'invalid-response',
        call,
      },
    );
  }
  return {
    id: state === 'pending' ? fields.text('id') : (fields.optionalText('id') ?? ''),
    state,
    reason: fields.optionalText('reason'),
    message: fields.optionalText('message'),
    referenceId: fields.record('reference')?.optionalText('id'),
  };
}

function isState(state: string): state is OperationState {
  return ['pending', 'success', 'failure', 'timeout'].includes(state);
}

/** A new operation may not be known everywhere at once, so that "not found" may pass too. */
function mayPass(error: unknown): boolean {
  return isExoscaleError(error) && (isTransient(error) || error.code === 'not-found');
}

function failed(operation: Operation, call: string): ExoscaleError {
  const { state, reason, message } = operation;
  const retryable = ['busy', 'unavailable', 'interrupted'].includes(reason ?? '');
  const words = [reason, message?.slice(0, 300)].filter((word) => word !== undefined).join(': ');
  return new ExoscaleError(
    `Cannot complete "${call}": the operation ended as ${state}${words === '' ? '' : ` (${words})`}`,
    { code: 'operation-failed', call, reason, retryable, operationId: operation.id },
  );
}

function stillPending(operation: Operation, call: string, deadlineMs: number): ExoscaleError {
  return new ExoscaleError(
    `Cannot complete "${call}" within ${deadlineMs} ms: operation "${operation.id}" is still pending`,
    { code: 'timed-out', call, operationId: operation.id },
  );
}

function lostSight(error: unknown, operation: Operation, call: string): unknown {
  if (!isExoscaleError(error)) return error;
  // That the operation is not found must not read as if its subject were: a deletion would seem done.
  const code = error.code === 'not-found' ? 'invalid-response' : error.code;
  return new ExoscaleError(
    `Cannot follow "${call}", operation "${operation.id}" was last seen pending: ${error.message}`,
    { code, call, status: error.status, operationId: operation.id, cause: error },
  );
}
