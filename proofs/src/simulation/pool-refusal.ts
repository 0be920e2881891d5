import type { PoolFault } from '@exoship/rollout';
import type { Cloud } from '@exoship/sandbox';

type Reason = PoolFault['reason'];
type Operation = ReturnType<Cloud['operations']['get']>;

/** What the pool says no with, as a `PoolFault`. */
export class PoolRefusal extends Error {
  override readonly name = 'PoolRefusal';
  readonly reason: Reason;

  constructor(message: string, reason: Reason) {
    super(message);
    this.reason = reason;
  }
}

/** Runs a call of the model; what it refuses is told as the Exoscale adapter tells it. */
export function asFault<Result>(call: () => Result): () => Result {
  return () => {
    try {
      return call();
    } catch (error) {
      if (!(error instanceof Error) || !('code' in error)) throw error;
      throw new PoolRefusal(error.message, reasonOf(String(error.code), error.message));
    }
  };
}

/** An operation that ended as anything but success. */
export function failedOperation({
  state,
  reason = 'unknown',
  message = '',
}: Operation): PoolRefusal {
  const words = `The operation ended as ${state} (${reason}: ${message})`;
  return new PoolRefusal(words, state === 'timeout' ? undefined : reasonOf(reason, message));
}

const reasons: Readonly<Record<string, Reason>> = {
  forbidden: 'forbidden',
  'not-found': 'gone',
  conflict: 'busy',
  invalid: 'invalid',
  busy: 'busy',
  interrupted: 'busy',
  unavailable: 'capacity',
  partial: 'capacity',
  incorrect: 'invalid',
  unsupported: 'invalid',
};

function reasonOf(code: string, message: string): Reason {
  return /quota/i.test(message) ? 'quota' : reasons[code];
}
