import type { Context } from './context.ts';
import type { Faults, OperationFault } from './faults.ts';
import { notFound } from './refusal.ts';

export type OperationState = 'pending' | 'success' | 'failure' | 'timeout';
export type OperationReason =
  | 'incorrect'
  | 'unknown'
  | 'unavailable'
  | 'forbidden'
  | 'busy'
  | 'fault'
  | 'partial'
  | 'not-found'
  | 'interrupted'
  | 'unsupported'
  | 'conflict';

export interface OperationSubject {
  readonly zone: string;
  /** The API's own name for the call: `create-instance`. */
  readonly command: string;
  readonly referenceId: string;
  /** Path of what it is about, without a zone: `/v2/instance/…`. */
  readonly link: string;
}

export interface Operation extends OperationSubject {
  readonly id: string;
  readonly state: OperationState;
  readonly reason?: OperationReason | undefined;
  readonly message?: string | undefined;
}

export interface RunningOperation {
  succeed(): void;
  fail(reason: OperationReason, message: string): void;
}

export interface OperationSteps {
  /** Called when the operation takes effect; says by itself when it has ended. */
  apply(running: RunningOperation): void;
  /** Called instead when a fault keeps it from taking effect. */
  undo?(): void;
}

export interface Operations {
  get(id: string): Operation;
  list(): readonly Operation[];
  /** Starts one that takes effect after its latency; with no latency it has ended when this returns. */
  run(subject: OperationSubject, steps: OperationSteps): Operation;
}

export function createOperations(context: Context, faults: Faults): Operations {
  const records = new Map<string, Operation>();

  function emit(type: 'operation-started' | 'operation-done', operation: Operation): void {
    const { id: operationId, command, referenceId, state, reason, message } = operation;
    context.emit({ type, operationId, command, referenceId, state, reason, message });
  }

  function end(id: string, outcome: Pick<Operation, 'state' | 'reason' | 'message'>): void {
    const operation = records.get(id);
    if (operation?.state !== 'pending') return;
    const ended = { ...operation, ...outcome };
    records.set(id, ended);
    emit('operation-done', ended);
  }

  function run(subject: OperationSubject, steps: OperationSteps): Operation {
    const id = context.newId('operation');
    const fault = faults.takeOperation(subject.command);
    const operation: Operation = { ...subject, id, state: 'pending' };
    records.set(id, operation);
    emit('operation-started', operation);
    const running: RunningOperation = {
      succeed: () => end(id, fault === undefined ? { state: 'success' } : faulty(fault)),
      fail: (reason, message) => end(id, { state: 'failure', reason, message }),
    };
    if (fault?.state === 'pending') return operation;
    context.after(context.duration('operationMs', id), () => {
      if (fault === undefined || fault.effect === 'full') {
        steps.apply(running);
        return;
      }
      steps.undo?.();
      end(id, faulty(fault));
    });
    return records.get(id) ?? operation;
  }

  return {
    get(id) {
      const operation = records.get(id);
      if (operation === undefined) throw notFound('Operation', id);
      return operation;
    },
    list: () => [...records.values()],
    run,
  };
}

function faulty(fault: OperationFault): Pick<Operation, 'state' | 'reason' | 'message'> {
  const state = fault.state === 'timeout' ? 'timeout' : 'failure';
  return { state, reason: fault.reason ?? 'fault', message: fault.message ?? 'Injected fault' };
}
