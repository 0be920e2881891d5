import type { VaultErrorCode } from './vault-error.ts';

/** One call of the API and what this package knows about it beyond HTTP. */
export interface Call {
  /** Completes "Cannot …". */
  readonly action: string;
  readonly method: 'GET' | 'POST';
  /** Percent-encoded, without `/v1/`. */
  readonly path: string;
  /** What errors show instead of `path`. */
  readonly template: string;
  readonly body?: Readonly<Record<string, unknown>>;
  /** Asks for the answer in a wrapping token that lives this long. */
  readonly wrapTtlSeconds?: number;
  /**
   * Whether to repeat the call when nobody can tell if it took effect. False for a login: its secret id may be spent,
   * and a second try would then fail for a reason that hides the first.
   */
  readonly repeatWhenAmbiguous: boolean;
  /** Code of the error for a 2xx that is not Vault's frame; `invalid-response` when absent. */
  readonly codeWhenMalformed?: VaultErrorCode;
  /** Reads more from a 4xx or 5xx than its status says. */
  readonly classify?: (status: number, message: string) => Classification | undefined;
}

export interface Classification {
  readonly code: VaultErrorCode;
  /** True when Vault may answer differently in a moment. */
  readonly retryable?: boolean;
  /** Appended to the message in brackets. */
  readonly hint?: string;
}
