export type SandboxErrorCode =
  | 'unsupported-platform'
  | 'port-taken'
  | 'no-free-network'
  | 'set-up-failed'
  | 'image-unreachable'
  | 'image-invalid'
  | 'machine-unavailable'
  | 'observed-invalid'
  | 'stalled';

/** The sandbox itself cannot do what it was asked. What the simulated cloud refuses is an API answer, never this. */
export class SandboxError extends Error {
  override readonly name = 'SandboxError';
  readonly code: SandboxErrorCode;
  /** `true` when the same call may succeed later without any change. */
  readonly retryable: boolean;

  constructor(
    code: SandboxErrorCode,
    message: string,
    options: ErrorOptions & { readonly retryable?: boolean } = {},
  ) {
    super(message, options);
    this.code = code;
    this.retryable = options.retryable ?? false;
  }
}

/** Works across copies of the package, where `instanceof` does not. */
export function isSandboxError(error: unknown): error is SandboxError {
  return error instanceof Error && error.name === 'SandboxError';
}
