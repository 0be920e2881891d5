import { ExoscaleError, isExoscaleError } from '../exoscale-error.ts';

/** What a rollout understands of an error; absent = the call may or may not have had its effect. */
export type Fault = 'quota' | 'capacity' | 'busy' | 'forbidden' | 'gone' | 'invalid';

/** Runs `call`; an ExoscaleError comes out as one whose `reason` is the {@link Fault}, everything else untouched. */
export async function withFaults<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw isExoscaleError(error) ? asFault(error) : error;
  }
}

function asFault(error: ExoscaleError): ExoscaleError {
  const { code, call, status, retryable, sent, operationId, retryAfterMs } = error;
  const reason = faultOf(error);
  const rest = { call, status, retryable, sent, operationId, retryAfterMs };
  return new ExoscaleError(error.message, { code, ...rest, reason, cause: error });
}

export function faultOf(error: ExoscaleError): Fault | undefined {
  // No status and no reason is reserved for quotas: only the words tell.
  if (
    isRefusal(error) &&
    /quota|limit (is )?(reached|exceeded)|exceeds? .*limit/i.test(error.message)
  ) {
    return 'quota';
  }
  switch (error.code) {
    case 'unauthorized':
    case 'forbidden':
      return 'forbidden';
    case 'not-found':
      return 'gone';
    case 'conflict':
    case 'rate-limited':
      return 'busy';
    case 'invalid':
    case 'unexpected-change':
      return 'invalid';
    case 'operation-failed':
      return byReason(error.reason);
    default:
      return undefined;
  }
}

function isRefusal({ code }: ExoscaleError): boolean {
  return ['forbidden', 'conflict', 'invalid', 'operation-failed'].includes(code);
}

function byReason(reason: string | undefined): Fault | undefined {
  switch (reason) {
    case 'busy':
    case 'conflict':
    case 'interrupted':
      return 'busy';
    case 'unavailable':
    case 'partial':
      return 'capacity';
    case 'forbidden':
      return 'forbidden';
    case 'not-found':
      return 'gone';
    case 'incorrect':
    case 'unsupported':
      return 'invalid';
    default:
      return undefined;
  }
}
