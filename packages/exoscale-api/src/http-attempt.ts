import { connectionFailure, timeoutFailure } from './connection-failure.ts';

export interface HttpAttempt {
  /** For messages. */
  readonly call: string;
  readonly isRepeatable: boolean;
  readonly url: URL;
  readonly init: RequestInit;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers: Headers;
}

/**
 * One request and its whole answer, whatever the status. Rejects with an `ExoscaleError` (`unreachable`, `timed-out`,
 * or `invalid-response` for a redirect, which is never followed), or with the signal's reason.
 */
export async function attemptHttp(
  fetch: typeof globalThis.fetch,
  attempt: HttpAttempt,
): Promise<HttpAnswer> {
  attempt.signal?.throwIfAborted();
  const timeout = AbortSignal.timeout(attempt.timeoutMs);
  const signals = attempt.signal === undefined ? [timeout] : [timeout, attempt.signal];
  try {
    const response = await fetch(attempt.url, {
      ...attempt.init,
      redirect: 'error',
      signal: AbortSignal.any(signals),
    });
    return { status: response.status, body: await response.text(), headers: response.headers };
  } catch (error) {
    attempt.signal?.throwIfAborted();
    throw timeout.aborted
      ? timeoutFailure(attempt.timeoutMs, attempt)
      : connectionFailure(error, attempt);
  }
}
