/** Why a key or a command is not to be had; part of the public contract, unlike the message. */
export type ExoRunnerErrorCode =
  /** The secrets engine answered something that is no API key; what was leased is revoked. */
  | 'invalid-key'
  /** The lease of the key cannot be extended, or its source cannot do that. */
  | 'not-renewable'
  /** The lease of a key could not be revoked when the key was disposed of. */
  | 'revoke-failed'
  /** The provider has given its keys back. */
  | 'closed'
  /** There is no such program on the PATH given. */
  | 'not-installed'
  /** The program may not be executed. */
  | 'not-executable'
  /** The program or its watchdog did not start for another reason. */
  | 'spawn-failed'
  /** What the program printed could not be written. */
  | 'output-failed'
  /** `exo` exited with 1: the message holds what it said. */
  | 'exo-failed'
  /** `exo` panicked, or something ended it: nobody knows what it has done. */
  | 'exo-crashed'
  /** `exo` exited with 0 and printed no JSON: a prompt, or the help for a command that it does not know. */
  | 'exo-unreadable'
  /** `exo` was ended because it took too long; what it had started goes on. */
  | 'exo-timed-out';

interface ExoRunnerErrorOptions {
  readonly code: ExoRunnerErrorCode;
  readonly retryable?: boolean;
}

/** Everything that can go wrong here; holds no secret, argument or environment. */
export class ExoRunnerError extends Error {
  override name = 'ExoRunnerError';
  readonly code: ExoRunnerErrorCode;
  /** Whether the same call may succeed later without anybody changing anything. */
  readonly retryable: boolean;

  constructor(message: string, { code, retryable = false }: ExoRunnerErrorOptions) {
    super(message);
    this.code = code;
    this.retryable = retryable;
  }
}

/** True for an ExoRunnerError, also one thrown by another copy of this package. */
export function isExoRunnerError(error: unknown): error is ExoRunnerError {
  return error instanceof Error && error.name === 'ExoRunnerError' && 'code' in error;
}
