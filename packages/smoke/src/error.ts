/**
 * - `instance-unknown`: the answer to the create call was lost and the provider cannot say whether there is an
 *   instance, so that nothing could be deleted either.
 */
export type SmokeErrorCode = 'instance-unknown';

/** No outcome could be reached; a bad app is never one of these, it is a report. */
export class SmokeError extends Error {
  override readonly name = 'SmokeError';
  readonly code: SmokeErrorCode;
  /** True when the same call may succeed later without any change. */
  readonly retryable: boolean;

  constructor(
    code: SmokeErrorCode,
    message: string,
    options: { readonly retryable: boolean; readonly cause?: unknown },
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : {});
    this.code = code;
    this.retryable = options.retryable;
  }
}

/** Works across copies of this package, unlike `instanceof`. */
export function isSmokeError(error: unknown): error is SmokeError {
  return error instanceof Error && error.name === 'SmokeError';
}
