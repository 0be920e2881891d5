/**
 * `pool-unreachable`: the pool could not be read before anything was changed · `pool-forbidden`: these credentials may
 * not read it · `pool-gone`: there is no such pool.
 */
export type RolloutErrorCode = 'pool-unreachable' | 'pool-forbidden' | 'pool-gone';

/** No outcome could be reached. Everything that is expected to go wrong is an outcome, not an error. */
export class RolloutError extends Error {
  override readonly name = 'RolloutError';
  readonly code: RolloutErrorCode;
  readonly retryable: boolean;

  constructor(code: RolloutErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
    this.retryable = code === 'pool-unreachable';
  }
}

/** Tells a {@link RolloutError} by name, so that it also works across two copies of this package. */
export function isRolloutError(error: unknown): error is RolloutError {
  return error instanceof Error && error.name === 'RolloutError';
}
