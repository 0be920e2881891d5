import { checkMountPath, checkRoleName } from './api-path.ts';
import type { Clock } from './clock.ts';
import type { Secret } from './secret.ts';
import { parseServerAddress } from './server-address.ts';
import { systemClock } from './system-clock.ts';

/** A secret id that somebody delivered. */
export interface SecretIdCredential {
  readonly kind: 'secret-id';
  readonly secretId: Secret;
}

/** A token that may create secret ids for one role, but not log in by itself. */
export interface BrokerCredential {
  readonly kind: 'broker';
  readonly token: Secret;
  readonly roleName: string;
  /** Goes to the token's metadata and, in clear, to Vault's audit log: a job id, say. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  /**
   * Renew the token after a login, so that a periodic one stays alive while it is used. A refusal is not an error.
   * @default true
   */
  readonly renew?: boolean | undefined;
}

export interface LoginOptions {
  /** Scheme, host and port; https unless the host is loopback. */
  readonly address: string;
  readonly roleId: string;
  readonly credential: SecretIdCredential | BrokerCredential;
  /** @default 'approle' */
  readonly mountPath?: string | undefined;
  readonly namespace?: string | undefined;
  /** From the start of one request to the last byte of its answer. @default 10_000 */
  readonly requestTimeoutMs?: number | undefined;
  /** DNS, TCP and TLS together. @default 5_000 */
  readonly connectTimeoutMs?: number | undefined;
  /** One operation (the login, a read, a revocation) with all its retries. @default 30_000 */
  readonly deadlineMs?: number | undefined;
  /** PEM of the authorities to trust instead of the built-in ones. */
  readonly ca?: string | undefined;
  readonly clock?: Clock | undefined;
  /** Cancels the login; the session is not tied to it. */
  readonly signal?: AbortSignal | undefined;
  /** Told of every secret the moment it appears, before anything could print it. */
  readonly onSecret?: ((secret: Secret) => void) | undefined;
}

/** Options after the door: checked, with defaults. */
export interface LoginSettings {
  readonly address: URL;
  readonly roleId: string;
  readonly credential: SecretIdCredential | BrokerCredential;
  readonly mountPath: string;
  readonly namespace: string | undefined;
  readonly requestTimeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly deadlineMs: number;
  readonly ca: string | undefined;
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
  readonly onSecret: (secret: Secret) => void;
}

const loginKeys: ReadonlySet<string> = new Set<keyof LoginOptions>([
  'address',
  'roleId',
  'credential',
  'mountPath',
  'namespace',
  'requestTimeoutMs',
  'connectTimeoutMs',
  'deadlineMs',
  'ca',
  'clock',
  'signal',
  'onSecret',
]);
const secretIdKeys: ReadonlySet<string> = new Set<keyof SecretIdCredential>(['kind', 'secretId']);
const brokerKeys: ReadonlySet<string> = new Set<keyof BrokerCredential>([
  'kind',
  'token',
  'roleName',
  'metadata',
  'renew',
]);

const longestCredentialBytes = 4096;
const longestTimerMs = 2_147_483_647;

/** @throws {TypeError | RangeError} for anything malformed; {VaultError} `insecure-address` for remote http. */
export function checkLoginOptions(options: LoginOptions): LoginSettings {
  refuseUnknownKeys('loginWithAppRole()', options, loginKeys);
  checkCredential(options.credential);
  return {
    address: parseServerAddress(options.address),
    roleId: checkCredentialText('role id', options.roleId),
    credential: options.credential,
    mountPath: checkMountPath(options.mountPath ?? 'approle'),
    namespace: checkNamespace(options.namespace),
    requestTimeoutMs: checkDuration('requestTimeoutMs', options.requestTimeoutMs ?? 10_000),
    connectTimeoutMs: checkDuration('connectTimeoutMs', options.connectTimeoutMs ?? 5_000),
    deadlineMs: checkDuration('deadlineMs', options.deadlineMs ?? 30_000),
    ca: checkAuthority(options.ca),
    clock: options.clock ?? systemClock,
    signal: options.signal,
    onSecret: options.onSecret ?? (() => {}),
  };
}

function checkCredential(credential: LoginOptions['credential']): void {
  if (credential.kind === 'secret-id') {
    refuseUnknownKeys('credential', credential, secretIdKeys);
    checkCredentialText('secret id', credential.secretId.reveal());
    return;
  }
  if (credential.kind === 'broker') {
    refuseUnknownKeys('credential', credential, brokerKeys);
    checkCredentialText('broker token', credential.token.reveal());
    checkRoleName(credential.roleName);
    return;
  }
  throw new TypeError('Invalid credential: want kind "secret-id" or "broker"');
}

/** Never quotes the value; only says what is wrong with it. */
function checkCredentialText(name: string, value: string): string {
  if (typeof value !== 'string' || value.trim() === '') throw new TypeError(`Missing ${name}`);
  if (value !== value.trim()) {
    throw new TypeError(`Invalid ${name}: it starts or ends with white space or a line break`);
  }
  if (!/^[\x20-\x7e]*$/.test(value)) {
    throw new TypeError(`Invalid ${name}: it holds characters that cannot be printed`);
  }
  if (value.length > longestCredentialBytes) {
    throw new RangeError(
      `Invalid ${name}: ${value.length} bytes, want ${longestCredentialBytes} at most`,
    );
  }
  return value;
}

function checkNamespace(namespace: string | undefined): string | undefined {
  const isValid = namespace === undefined || /^[\w.-]+(?:\/[\w.-]+)*\/?$/.test(namespace);
  if (!isValid) throw new TypeError('Invalid namespace: want names joined by "/"');
  return namespace;
}

function checkAuthority(ca: string | undefined): string | undefined {
  if (ca !== undefined && !ca.includes('-----BEGIN CERTIFICATE-----')) {
    throw new TypeError('Invalid ca: want certificates in PEM form, not a file name');
  }
  return ca;
}

function checkDuration(name: string, value: number): number {
  if (!(value > 0 && value <= longestTimerMs)) {
    throw new RangeError(`Invalid ${name}: ${value}, want 1 to ${longestTimerMs}`);
  }
  return value;
}

function refuseUnknownKeys(where: string, value: object, known: ReadonlySet<string>): void {
  const unknown = Object.keys(value).find((key) => !known.has(key));
  if (unknown !== undefined) throw new TypeError(`Unknown option "${unknown}" of ${where}`);
}
