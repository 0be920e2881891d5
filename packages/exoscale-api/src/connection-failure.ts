import { ExoscaleError } from './exoscale-error.ts';

const neverConnected = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

export interface BrokenCall {
  readonly call: string;
  readonly isRepeatable: boolean;
}

/** The error for a call that ended without a whole answer: refused, cut, reset, not HTTP, untrusted, redirected. */
export function connectionFailure(error: unknown, broken: BrokenCall): ExoscaleError {
  const cause = rootCause(error);
  if (cause.message === 'unexpected redirect') {
    return new ExoscaleError(`Cannot complete "${broken.call}": answered with a redirect`, {
      code: 'invalid-response',
      call: broken.call,
      cause: error,
    });
  }
  const isTrusted = !isCertificateProblem(cause.code);
  const sent = isTrusted && !neverConnected.has(cause.code);
  return new ExoscaleError(
    `Cannot complete "${broken.call}": ${cause.code || cause.message || 'connection lost'}`,
    {
      code: 'unreachable',
      call: broken.call,
      sent,
      retryable: isTrusted && (broken.isRepeatable || !sent),
      cause: error,
    },
  );
}

/** The error for a call that had no whole answer within its time. */
export function timeoutFailure(timeoutMs: number, broken: BrokenCall): ExoscaleError {
  return new ExoscaleError(
    `Cannot complete "${broken.call}": no whole answer within ${timeoutMs} ms`,
    { code: 'timed-out', call: broken.call, retryable: broken.isRepeatable },
  );
}

function rootCause(error: unknown): { readonly code: string; readonly message: string } {
  let current = error;
  while (current instanceof Error && current.cause instanceof Error) current = current.cause;
  if (!(current instanceof Error)) return { code: '', message: '' };
  const code = 'code' in current && typeof current.code === 'string' ? current.code : '';
  return { code, message: current.message };
}

function isCertificateProblem(code: string): boolean {
  return /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|^ERR_TLS|^ERR_SSL/.test(code);
}
