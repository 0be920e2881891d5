import { checkDuration } from './check-text.ts';
import type { Clock } from './clock.ts';
import type { Secret } from './secret.ts';
import { parseServerAddress } from './server-address.ts';
import { systemClock } from './system-clock.ts';
import { checkTrust, type Trust, type TrustOptions } from './trust.ts';

/** Where Vault is, whom to believe that it is Vault, and how patient to be. */
export interface ConnectionOptions extends TrustOptions {
  /** Scheme, host and port; https unless the host is loopback. */
  readonly address: string;
  readonly namespace?: string | undefined;
  /** From the start of one request to the last byte of its answer. @default 10_000 */
  readonly requestTimeoutMs?: number | undefined;
  /** DNS, TCP and TLS together. @default 5_000 */
  readonly connectTimeoutMs?: number | undefined;
  /** One operation (the login, a read, a revocation) with all its retries. @default 30_000 */
  readonly deadlineMs?: number | undefined;
  readonly clock?: Clock | undefined;
  /** Cancels the login; the session is not tied to it. */
  readonly signal?: AbortSignal | undefined;
  /** Told of every secret the moment it appears, before anything could print it. */
  readonly onSecret?: ((secret: Secret) => void) | undefined;
}

/** Options after the door: checked, with defaults. */
export interface ConnectionSettings {
  readonly address: URL;
  readonly namespace: string | undefined;
  readonly trust: Trust;
  readonly requestTimeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly deadlineMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
  readonly onSecret: (secret: Secret) => void;
}

export const connectionKeys: Readonly<Record<keyof ConnectionOptions, true>> = {
  address: true,
  namespace: true,
  requestTimeoutMs: true,
  connectTimeoutMs: true,
  deadlineMs: true,
  clock: true,
  signal: true,
  onSecret: true,
  ca: true,
  clientCertificate: true,
  serverName: true,
  fingerprint: true,
};

/** @throws {TypeError | RangeError} for anything malformed; {VaultError} `insecure-address` for remote http. */
export function checkConnection(options: ConnectionOptions): ConnectionSettings {
  return {
    address: parseServerAddress(options.address),
    namespace: checkNamespace(options.namespace),
    trust: checkTrust(options),
    requestTimeoutMs: checkDuration('requestTimeoutMs', options.requestTimeoutMs ?? 10_000),
    connectTimeoutMs: checkDuration('connectTimeoutMs', options.connectTimeoutMs ?? 5_000),
    deadlineMs: checkDuration('deadlineMs', options.deadlineMs ?? 30_000),
    clock: options.clock ?? systemClock,
    signal: options.signal,
    onSecret: options.onSecret ?? (() => {}),
  };
}

function checkNamespace(namespace: string | undefined): string | undefined {
  const isValid = namespace === undefined || /^[\w.-]+(?:\/[\w.-]+)*\/?$/.test(namespace);
  if (!isValid) throw new TypeError('Invalid namespace: want names joined by "/"');
  return namespace;
}
