/** Why a call to Vault gave no result; part of the public contract, unlike the message. */
export type VaultErrorCode =
  /** http to a host that is not loopback: a secret would cross the network in clear. */
  | 'insecure-address'
  /** No connection (refused, unknown host, broken TLS handshake), or one that was cut. */
  | 'unreachable'
  /** The server's certificate is not trusted. Nothing was sent. */
  | 'untrusted-certificate'
  /** No complete answer in time, although the call may be repeated safely. */
  | 'timed-out'
  /** The call may or may not have taken effect, and repeating it blindly could do harm. */
  | 'ambiguous'
  /** Vault wanted to send the caller, and with it a secret, somewhere else. */
  | 'redirect-refused'
  /** 403, or a login from an address that the role does not allow. */
  | 'denied'
  /** Vault turned down the role id or the secret id, without saying which or why. */
  | 'invalid-credentials'
  /** A wrapping token is not what was agreed on, or does not open: somebody else may have what is in it. */
  | 'intercepted'
  /** 200 without a usable token in it. */
  | 'not-logged-in'
  /** A batch token: it can neither be revoked nor take its leases with it. */
  | 'unsupported-token'
  | 'not-found'
  | 'sealed'
  | 'rate-limited'
  /** 412: the state that the call needs has not reached this node yet. */
  | 'not-replicated'
  /** Another 4xx. */
  | 'rejected'
  /** Another 5xx. */
  | 'server-failed'
  /** An answer that is not Vault's: no JSON, wrong shape, too large. */
  | 'invalid-response'
  /** Vault could not revoke the lease at the system that issued it. */
  | 'revoke-failed'
  /** The session was revoked by this process. */
  | 'session-ended';

interface VaultErrorOptions {
  readonly code: VaultErrorCode;
  readonly path: string;
  readonly retryable: boolean;
  readonly status?: number | undefined;
  readonly requestId?: string | undefined;
}

/** Everything that can go wrong with Vault; holds no secret, header, body or raw cause. */
export class VaultError extends Error {
  override name = 'VaultError';
  readonly code: VaultErrorCode;
  /** HTTP status, when Vault answered. */
  readonly status: number | undefined;
  /** API path template such as `auth/approle/login`, without `/v1/`. */
  readonly path: string;
  /** Whether the same call may succeed later without anybody changing anything. */
  readonly retryable: boolean;
  /** Vault's id of the request in its audit log, when it told. */
  readonly requestId: string | undefined;

  constructor(message: string, options: VaultErrorOptions) {
    super(message);
    this.code = options.code;
    this.status = options.status;
    this.path = options.path;
    this.retryable = options.retryable;
    this.requestId = options.requestId;
  }
}

/** True for a VaultError, also one thrown by another copy of this package. */
export function isVaultError(error: unknown): error is VaultError {
  return error instanceof Error && error.name === 'VaultError' && 'code' in error;
}
