import { checkMountPath, checkRoleName } from './api-path.ts';
import {
  checkCredentialText,
  checkDuration,
  checkSecretText,
  refuseUnknownKeys,
} from './check-text.ts';
import {
  type ConnectionOptions,
  type ConnectionSettings,
  checkConnection,
  connectionKeys,
} from './connection-options.ts';
import type { Secret } from './secret.ts';

/** A secret id that somebody delivered. */
export interface SecretIdCredential {
  readonly kind: 'secret-id';
  readonly secretId: Secret;
}

/**
 * A secret id that somebody delivered in a wrapping token, which can be opened once: whoever opens it before us is
 * noticed. Any doubt about it is a {VaultError} `intercepted`.
 */
export interface WrappedSecretIdCredential {
  readonly kind: 'wrapped-secret-id';
  readonly token: Secret;
  /** Role that the secret id must have been made for. */
  readonly roleName: string;
  /** What the deliverer asked for; a token that was wrapped again by somebody may differ. @default not looked at */
  readonly ttlMs?: number | undefined;
  /** Path that the token must have come from. @default 'auth/<mountPath>/role/<roleName>/secret-id' */
  readonly creationPath?: string | undefined;
}

/** A token that may create secret ids for one role, but not log in by itself. */
export interface BrokerCredential {
  readonly kind: 'broker';
  readonly token: Secret;
  readonly roleName: string;
  /** Goes to the token's metadata and, in clear, to Vault's audit log: a job id, say. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  /**
   * Ask for the secret id in a wrapping token of this lifetime, and open it. Needed where the policy of the token has
   * `min_wrapping_ttl`; it protects little where the same process wraps and unwraps. @default not wrapped
   */
  readonly wrapTtlMs?: number | undefined;
  /**
   * Renew the token beside a login, so that a periodic one stays alive while it is used. A refusal is not an error.
   * @default true
   */
  readonly renew?: boolean | undefined;
}

export type Credential = SecretIdCredential | WrappedSecretIdCredential | BrokerCredential;

export interface LoginOptions extends ConnectionOptions {
  readonly roleId: string;
  readonly credential: Credential;
  /** @default 'approle' */
  readonly mountPath?: string | undefined;
}

/** Options after the door: checked, with defaults. */
export interface LoginSettings extends ConnectionSettings {
  readonly roleId: string;
  readonly credential: Credential;
  readonly mountPath: string;
}

const loginKeys = { ...connectionKeys, roleId: true, credential: true, mountPath: true } as const;
const credentialKeys: { readonly [Kind in Credential['kind']]: Readonly<Record<string, true>> } = {
  'secret-id': { kind: true, secretId: true },
  'wrapped-secret-id': {
    kind: true,
    token: true,
    roleName: true,
    ttlMs: true,
    creationPath: true,
  },
  broker: {
    kind: true,
    token: true,
    roleName: true,
    metadata: true,
    wrapTtlMs: true,
    renew: true,
  },
};

/** @throws {TypeError | RangeError} for anything malformed; {VaultError} `insecure-address` for remote http. */
export function checkLoginOptions(options: LoginOptions): LoginSettings {
  refuseUnknownKeys('loginWithAppRole()', options, loginKeys);
  checkCredential(options.credential);
  return {
    ...checkConnection(options),
    roleId: checkCredentialText('role id', options.roleId),
    credential: options.credential,
    mountPath: checkMountPath(options.mountPath ?? 'approle'),
  };
}

function checkCredential(credential: Credential): void {
  if (!Object.hasOwn(credentialKeys, credential?.kind)) {
    throw new TypeError(
      'Invalid credential: want kind "secret-id", "wrapped-secret-id" or "broker"',
    );
  }
  refuseUnknownKeys('credential', credential, credentialKeys[credential.kind]);
  if (credential.kind === 'secret-id') {
    checkSecretText('secret id', credential.secretId);
    return;
  }
  checkRoleName(credential.roleName);
  if (credential.kind === 'broker') {
    checkSecretText('broker token', credential.token);
    checkWrapTtl('wrapTtlMs', credential.wrapTtlMs);
    return;
  }
  checkSecretText('wrapping token', credential.token);
  checkWrapTtl('ttlMs', credential.ttlMs);
}

/** Vault counts in seconds. */
function checkWrapTtl(name: string, ttlMs: number | undefined): void {
  if (ttlMs === undefined) return;
  checkDuration(name, ttlMs);
  if (ttlMs % 1_000 !== 0) throw new RangeError(`Invalid ${name}: ${ttlMs}, want whole seconds`);
}
