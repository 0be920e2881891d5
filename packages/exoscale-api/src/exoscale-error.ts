/**
 * `unexpected-change`: an update changed more than it was asked to · `invalid`: any other 4xx ·
 * `unreachable`: no (whole) answer · `invalid-response`: an answer that is not what the API documents.
 */
export type ExoscaleErrorCode =
  | 'unauthorized'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  | 'invalid'
  | 'rate-limited'
  | 'server'
  | 'unreachable'
  | 'timed-out'
  | 'operation-failed'
  | 'invalid-response'
  | 'unexpected-change';

export interface ExoscaleErrorOptions extends ErrorOptions {
  readonly code: ExoscaleErrorCode;
  readonly call: string;
  readonly status?: number | undefined;
  readonly reason?: string | undefined;
  readonly retryable?: boolean | undefined;
  readonly sent?: boolean | undefined;
  readonly operationId?: string | undefined;
  readonly retryAfterMs?: number | undefined;
}

/** Why a call to Exoscale had no good outcome. The message never holds a header, a secret or what was sent. */
export class ExoscaleError extends Error {
  override readonly name = 'ExoscaleError';
  readonly code: ExoscaleErrorCode;
  /** The call by its documented form, without ids: `PUT /instance-pool/{id}:scale`. */
  readonly call: string;
  /** HTTP status, when there was an answer. */
  readonly status: number | undefined;
  /** One word: the reason a failed operation gives (`busy`, `conflict`, …), or the fault that a rollout understands. */
  readonly reason: string | undefined;
  /** Repeating the call is safe and may help. */
  readonly retryable: boolean;
  /** False when nothing was sent: the call certainly had no effect. */
  readonly sent: boolean;
  readonly operationId: string | undefined;
  /** How long the server asked to wait. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, options: ExoscaleErrorOptions) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = options.code;
    this.call = options.call;
    this.status = options.status;
    this.reason = options.reason;
    this.retryable = options.retryable ?? false;
    this.sent = options.sent ?? true;
    this.operationId = options.operationId;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** Tells an {@link ExoscaleError} by its name, so that it works across copies of this package. */
export function isExoscaleError(error: unknown): error is ExoscaleError {
  return error instanceof Error && error.name === 'ExoscaleError';
}
