import type { Call } from './call.ts';
import { capabilitiesCall, readCapabilities } from './capabilities.ts';
import { asSeconds, type JsonObject } from './envelope.ts';
import { createLeasedSecret, type LeasedSecret } from './leased-secret.ts';
import { type Answer, type CallContext, performCall } from './perform-call.ts';
import { expiryAfter, type ServiceToken } from './read-service-token.ts';
import {
  lookupLeaseCall,
  readCall,
  renewLeaseCall,
  renewSelfCall,
  revokeLeaseCall,
  revokeSelfCall,
} from './session-calls.ts';
import type { VaultClient } from './vault-client.ts';
import { isVaultError, VaultError } from './vault-error.ts';

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface RenewOptions extends CallOptions {
  /** How long the token should live from now on. @default its TTL */
  readonly incrementMs?: number | undefined;
}

/** A logged-in service token. Disposing of it revokes the token. */
export interface VaultSession extends AsyncDisposable {
  /** Names the token in Vault's audit log; not a secret. */
  readonly accessor: string;
  readonly policies: readonly string[];
  /** When the token ends unless renewed, by this machine's clock. */
  readonly expiresAt: Date;
  /**
   * Calls that the token was good for at its login, refused and repeated ones counted; `undefined` for any number. With
   * the last of them it ends, and everything that was leased with it.
   */
  readonly uses: number | undefined;
  read(path: string, options?: CallOptions): Promise<LeasedSecret>;
  /** What the token may do with each path, in Vault's words: `read`, `update`, `deny`, … */
  capabilities(
    paths: readonly string[],
    options?: CallOptions,
  ): Promise<Readonly<Record<string, readonly string[]>>>;
  /** Extends a lease by its TTL as far as its maximum allows, which need not be any later than before. */
  renewLease(leaseId: string, options?: CallOptions): Promise<{ expiresAt: Date }>;
  /** `undefined` when Vault knows no such lease: it is gone. */
  lookupLease(leaseId: string, options?: CallOptions): Promise<{ expiresAt: Date } | undefined>;
  /** Resolves once the system behind the lease has revoked it; needs `update` on `sys/leases/revoke`. */
  revokeLease(leaseId: string, options?: CallOptions): Promise<void>;
  /** Extends the token as far as its maximum allows: look at `expiresAt` afterwards. */
  renew(options?: RenewOptions): Promise<void>;
  /** Revokes the token; its leases follow in Vault's own time, so revoke those first. Idempotent. */
  revoke(options?: CallOptions): Promise<void>;
}

interface SessionParts {
  readonly client: VaultClient;
  readonly context: CallContext;
  readonly token: ServiceToken;
}

export function createVaultSession({ client, context, token }: SessionParts): VaultSession {
  const { clock } = context;
  let expiresAt = token.expiresAt;
  let isRevoked = false;

  const perform = async (call: Call, { signal }: CallOptions = {}): Promise<Answer> => {
    signal?.throwIfAborted();
    if (isRevoked) throw sessionEnded(call);
    const deadlineAtMs = clock.monotonicMs() + context.deadlineMs;
    return await performCall(client, call, context, { deadlineAtMs, signal });
  };

  const revoke = async (options?: CallOptions): Promise<void> => {
    if (isRevoked) return;
    // The default policy lets every token revoke itself, so a refusal then means that it is dead already.
    const isRefusalDeath = token.policies.includes('default') || clock.now() >= expiresAt;
    try {
      await perform(revokeSelfCall({ isRefusalDeath }), options);
    } catch (error) {
      if (!isVaultError(error) || error.code !== 'not-found') throw error;
    }
    isRevoked = true;
  };

  return {
    accessor: token.accessor,
    policies: token.policies,
    uses: token.uses,
    get expiresAt() {
      return expiresAt;
    },
    async read(path, options) {
      const call = readCall(path);
      return createLeasedSecret(await perform(call, options), call, context.scrubber);
    },
    async capabilities(paths, options) {
      return readCapabilities(paths, await perform(capabilitiesCall(paths), options));
    },
    async renewLease(leaseId, options) {
      const askedAtMs = clock.now().getTime();
      const { leaseDurationMs } = await perform(renewLeaseCall(checkLeaseId(leaseId)), options);
      return { expiresAt: new Date(askedAtMs + leaseDurationMs) };
    },
    async lookupLease(leaseId, options) {
      const askedAtMs = clock.now().getTime();
      const call = lookupLeaseCall(checkLeaseId(leaseId));
      try {
        const { data } = await perform(call, options);
        return { expiresAt: readLeaseExpiry(data, askedAtMs) };
      } catch (error) {
        if (isVaultError(error) && error.code === 'not-found' && error.status === 400) return;
        throw error;
      }
    },
    async revokeLease(leaseId, options) {
      await perform(revokeLeaseCall(checkLeaseId(leaseId)), options);
    },
    async renew(options) {
      const askedAtMs = clock.now().getTime();
      const { auth } = await perform(renewSelfCall(options?.incrementMs), options);
      if (auth === undefined) throw notRenewed();
      expiresAt = expiryAfter(askedAtMs, asSeconds(auth.lease_duration));
    },
    revoke,
    [Symbol.asyncDispose]: () => revoke(),
  };
}

/** Vault's own moment is by the clock of its machine; what is left of the lease is not. */
function readLeaseExpiry(data: JsonObject | undefined, askedAtMs: number): Date {
  return new Date(askedAtMs + asSeconds(data?.ttl) * 1000);
}

function checkLeaseId(leaseId: string): string {
  if (typeof leaseId !== 'string' || leaseId.trim() === '') throw new TypeError('Missing lease id');
  return leaseId;
}

function sessionEnded(call: Call): VaultError {
  const message = `Cannot ${call.action} at Vault's "${call.template}": the session was revoked`;
  return new VaultError(message, { code: 'session-ended', path: call.template, retryable: false });
}

function notRenewed(): VaultError {
  const path = 'auth/token/renew-self';
  const message = `Cannot renew the token at Vault's "${path}": the answer holds no "auth"`;
  return new VaultError(message, { code: 'invalid-response', path, retryable: false, status: 200 });
}
