/**
 * - `key-unusable`: a key file cannot be read, or holds no key that signs or verifies here.
 * - `token-unusable`: the identity token is no JWT, or is over.
 * - `signing-failed`: Fulcio or Rekor refused, or could not be reached.
 * - `trust-unusable`: the trusted root cannot be read or fetched.
 * - `malformed`: neither a DSSE envelope nor a Sigstore bundle, or it holds no provenance.
 * - `unsigned`: a build manifest; anybody could have written it.
 * - `wrong-key`: signed, but by another key.
 * - `wrong-issuer`, `wrong-identity`: signed by somebody else, or vouched for by somebody else.
 * - `tampered`: the signature is not of this content.
 * - `not-trusted`: certificate or log entry do not lead to the trusted root.
 * - `wrong-subject`: it is about something else.
 * - `wrong-digest`: it is about other content.
 * - `expired`: the statement is older than allowed, or the certificate was over when it signed.
 */
export type ProvenanceErrorCode =
  | 'key-unusable'
  | 'token-unusable'
  | 'signing-failed'
  | 'trust-unusable'
  | 'malformed'
  | 'unsigned'
  | 'wrong-key'
  | 'wrong-issuer'
  | 'wrong-identity'
  | 'tampered'
  | 'not-trusted'
  | 'wrong-subject'
  | 'wrong-digest'
  | 'expired';

/** Provenance could not be signed, or does not hold. Never carries a key or a token. */
export class ProvenanceError extends Error {
  override readonly name = 'ProvenanceError';
  readonly code: ProvenanceErrorCode;
  /** True when the same call may succeed later without any change. */
  readonly retryable: boolean;

  constructor(
    code: ProvenanceErrorCode,
    message: string,
    options: { readonly retryable?: boolean; readonly cause?: unknown } = {},
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : {});
    this.code = code;
    this.retryable = options.retryable ?? false;
  }
}

/** Works across copies of this package, unlike `instanceof`. */
export function isProvenanceError(error: unknown): error is ProvenanceError {
  return error instanceof Error && error.name === 'ProvenanceError';
}
