import type { Credentials } from './credentials.ts';
import { ExoRunnerError } from './exo-runner-error.ts';
import type { CallOptions, LeaseSource } from './lease-source.ts';
import type { MintSettings } from './mint-options.ts';
import { proveRevocation } from './prove-revocation.ts';
import type { Revocation } from './revocation.ts';
import type { Secret } from './secret.ts';

/** A leased Exoscale API key. Disposing of it revokes it, and rejects when that failed. */
export interface ApiKey extends Credentials, AsyncDisposable {
  /** The name that Exoscale shows for the key. */
  readonly name: string;
  /** The key's id, as in `EXOSCALE_API_KEY`; not a secret. */
  readonly key: string;
  readonly secret: Secret;
  readonly leaseId: string;
  /** When the key dies by itself, by this machine's clock. */
  readonly expiresAt: Date;
  /** Whether the lease can be extended at all. */
  readonly isRenewable: boolean;
  /** Extends the lease in place, so that whoever holds the key may go on: look at `expiresAt` afterwards. */
  renew(options?: CallOptions): Promise<void>;
  /**
   * Gives the key back and finds out what is certain about it. Idempotent: later calls tell the same. `signal` ends the
   * attempt early, with a poorer outcome.
   */
  revoke(options?: CallOptions): Promise<Revocation>;
}

export interface KeyParts extends Credentials {
  readonly name: string;
  readonly leaseId: string;
  readonly expiresAt: Date;
  readonly isRenewable: boolean;
  readonly source: LeaseSource;
  readonly settings: MintSettings;
}

export function createApiKey(parts: KeyParts): ApiKey {
  const { name, key, secret, leaseId, isRenewable, source } = parts;
  let { expiresAt } = parts;
  let revocation: Promise<Revocation> | undefined;
  const revoke = (options?: CallOptions): Promise<Revocation> => {
    revocation ??= proveRevocation({ ...parts, expiresAt }, options?.signal);
    return revocation;
  };
  return {
    name,
    key,
    secret,
    leaseId,
    isRenewable,
    get expiresAt() {
      return expiresAt;
    },
    async renew(options) {
      if (source.renewLease === undefined || !isRenewable) throw notRenewable(leaseId);
      ({ expiresAt } = await source.renewLease(leaseId, options));
    },
    revoke,
    async [Symbol.asyncDispose]() {
      const { outcome, reason } = await revoke();
      if (outcome !== 'failed') return;
      const until = expiresAt.toISOString();
      const message = `Cannot revoke lease "${leaseId}", whose key lives until ${until}: ${reason}`;
      throw new ExoRunnerError(message, { code: 'revoke-failed' });
    },
  };
}

function notRenewable(leaseId: string): ExoRunnerError {
  const message = `Cannot renew lease "${leaseId}": it was granted as it is, or its source cannot renew`;
  return new ExoRunnerError(message, { code: 'not-renewable' });
}
