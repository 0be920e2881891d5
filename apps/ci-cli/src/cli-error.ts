export interface CliErrorOptions {
  readonly exitCode: number;
  /** What to do next, as one imperative sentence. */
  readonly remedy?: string;
  /** Whether the same command may succeed when simply run again. @default false */
  readonly retryable?: boolean;
  readonly cause?: unknown;
}

/** An outcome that ends a command: what went wrong, with which exit code, and what to do about it. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exitCode: number;
  readonly remedy: string | undefined;
  readonly retryable: boolean;

  constructor(message: string, options: CliErrorOptions) {
    super(message, { cause: options.cause });
    this.exitCode = options.exitCode;
    this.remedy = options.remedy;
    this.retryable = options.retryable ?? false;
  }
}
