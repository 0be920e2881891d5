import { answerText, withoutSent } from './answer-text.ts';
import { ExoscaleError, type ExoscaleErrorCode } from './exoscale-error.ts';

export interface FailedAnswer {
  readonly call: string;
  readonly isRepeatable: boolean;
  readonly status: number;
  readonly body: string;
  readonly retryAfter: string | null;
  readonly now: Date;
  /** What must not come back in the message. */
  readonly sent: readonly (string | undefined)[];
}

/** The error for an answer whose status is not 2xx. */
export function answerFailure(answer: FailedAnswer): ExoscaleError {
  const code = codeOf(answer.status);
  // Cleaned before it is cut short: half a secret at the cut would not be recognised.
  const words = answerText(withoutSent(answer.body, answer.sent));
  const text = withoutSent(words, answer.sent);
  return new ExoscaleError(
    `Cannot complete "${answer.call}": answered ${answer.status}${text === '' ? '' : `: ${text}`}`,
    {
      code,
      call: answer.call,
      status: answer.status,
      retryable:
        code === 'rate-limited' ||
        (code === 'server' && answer.status !== 501 && answer.isRepeatable),
      retryAfterMs: retryAfterMs(answer.retryAfter, answer.now),
    },
  );
}

function codeOf(status: number): ExoscaleErrorCode {
  switch (status) {
    case 401:
      return 'unauthorized';
    case 403:
      return 'forbidden';
    case 404:
      return 'not-found';
    case 409:
    case 423:
      return 'conflict';
    case 429:
      return 'rate-limited';
    default:
      if (status >= 500) return 'server';
      return status >= 400 ? 'invalid' : 'invalid-response';
  }
}

/** `Retry-After` in either of its two forms, seconds or a date. */
function retryAfterMs(header: string | null, now: Date): number | undefined {
  if (header === null) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now.getTime();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}
