import type { Alarms } from './alarms.ts';
import type { MintedSecret } from './call.ts';
import type { Draws } from './draws.ts';
import { laterBy } from './durations.ts';
import { badRequest } from './refusal.ts';
import type { Token } from './token.ts';
import { grantTtl, type TtlLimits } from './ttl.ts';

/** After so many failures Vault keeps the lease but tries no more. */
const MAX_REVOKE_ATTEMPTS = 6;

export interface Lease {
  readonly id: string;
  /** The request that made it. */
  readonly path: string;
  readonly secret: MintedSecret;
  readonly limits: TtlLimits;
  readonly issuedAt: Date;
  /** The token that takes it along when it ends; absent for orphan batch tokens. */
  readonly ownerId: string | undefined;
  /** A batch token's leases end with it at the latest. */
  readonly latestEnd: Date | undefined;
  expiresAt: Date;
  lastRenewedAt: Date | undefined;
  failedRevocations: number;
  revokeError: string | undefined;
}

export interface LeaseStore {
  issue(path: string, secret: MintedSecret, token: Token, limits: TtlLimits): Lease;
  find(id: string): Lease | undefined;
  renew(
    id: string,
    incrementMs: number,
  ): { lease: Lease; ttlMs: number; warnings: readonly string[] };
  /** Returns when the secret is gone; throws the backend's refusal, and keeps the lease. */
  revokeNow(id: string): void;
  /** Queues it: the secret lives a little longer. */
  revokeSoon(id: string): void;
  /** Queues all that a token leased. */
  revokeOwnedBy(tokenId: string): void;
  live(): readonly Lease[];
}

export interface LeaseStoreOptions {
  readonly alarms: Alarms;
  readonly draws: Draws;
  /** How long a queued revocation waits. */
  readonly queueDelayMs: number;
  /** The pause after a failed revocation; it doubles each time. */
  readonly retryBaseMs: number;
}

export function createLeaseStore(options: LeaseStoreOptions): LeaseStore {
  const { alarms, draws, queueDelayMs, retryBaseMs } = options;
  const leases = new Map<string, Lease>();
  const cancelNext = new Map<string, () => void>();

  const schedule = (lease: Lease, at: Date): void => {
    cancelNext.get(lease.id)?.();
    cancelNext.set(
      lease.id,
      alarms.set(at, () => revokeOrRetry(lease)),
    );
  };
  const revoke = (lease: Lease): void => {
    lease.secret.revoke();
    leases.delete(lease.id);
    cancelNext.get(lease.id)?.();
    cancelNext.delete(lease.id);
  };
  const revokeOrRetry = (lease: Lease): void => {
    try {
      revoke(lease);
    } catch (error) {
      lease.failedRevocations += 1;
      lease.revokeError = describeFailure(error);
      if (lease.failedRevocations >= MAX_REVOKE_ATTEMPTS) return;
      schedule(lease, laterBy(alarms.now(), retryBaseMs * 2 ** lease.failedRevocations));
    }
  };
  const revokeSoon = (lease: Lease): void => {
    lease.expiresAt = alarms.now();
    schedule(lease, laterBy(alarms.now(), queueDelayMs));
  };

  return {
    issue(path, secret, token, limits) {
      const issuedAt = alarms.now();
      const lease: Lease = {
        id: `${path}/${draws.base62(draws.fresh('lease'), 24)}`,
        path,
        secret,
        limits,
        issuedAt,
        ownerId: token.type === 'batch' ? token.parentId : token.id,
        latestEnd: token.type === 'batch' ? token.expiresAt : undefined,
        expiresAt: issuedAt,
        lastRenewedAt: undefined,
        failedRevocations: 0,
        revokeError: undefined,
      };
      const { ttlMs } = grantTtl({ limits, now: issuedAt, issuedAt, ...termsOf(secret) });
      lease.expiresAt = endOf(lease, laterBy(issuedAt, ttlMs));
      leases.set(lease.id, lease);
      schedule(lease, lease.expiresAt);
      return lease;
    },
    find: (id) => leases.get(id),
    renew(id, incrementMs) {
      const now = alarms.now();
      const lease = requireRenewable(leases.get(id), now);
      const ttlMs = lease.secret.renew({ incrementMs, now, ...lease });
      const granted = grantTtl({
        limits: lease.limits,
        now,
        issuedAt: lease.issuedAt,
        incrementMs,
        ...termsOf(lease.secret),
        ttlMs,
      });
      lease.expiresAt = endOf(lease, laterBy(now, granted.ttlMs));
      lease.lastRenewedAt = now;
      schedule(lease, lease.expiresAt);
      return {
        lease,
        ttlMs: lease.expiresAt.getTime() - now.getTime(),
        warnings: granted.warnings,
      };
    },
    revokeNow(id) {
      const lease = leases.get(id);
      if (lease === undefined) return;
      try {
        revoke(lease);
      } catch (error) {
        throw badRequest(describeFailure(error));
      }
    },
    revokeSoon(id) {
      const lease = leases.get(id);
      if (lease !== undefined) revokeSoon(lease);
    },
    revokeOwnedBy(tokenId) {
      for (const lease of leases.values()) if (lease.ownerId === tokenId) revokeSoon(lease);
    },
    live: () => [...leases.values()],
  };
}

const termsOf = (secret: MintedSecret): { ttlMs: number; maxTtlMs: number } => ({
  ttlMs: secret.ttlMs,
  maxTtlMs: secret.maxTtlMs,
});

const endOf = (lease: Lease, at: Date): Date =>
  lease.latestEnd !== undefined && lease.latestEnd < at ? lease.latestEnd : at;

const describeFailure = (error: unknown): string =>
  `failed to revoke entry: resp: (*logical.Response)(nil) err: ${
    error instanceof Error ? error.message : String(error)
  }`;

/** True while nothing forbids a renewal. */
export function isRenewable(lease: Lease, now: Date): boolean {
  return lease.secret.renewable && lease.latestEnd === undefined && lease.expiresAt > now;
}

function requireRenewable(lease: Lease | undefined, now: Date): Lease {
  if (lease === undefined) throw badRequest('lease not found');
  if (lease.failedRevocations >= MAX_REVOKE_ATTEMPTS) {
    throw badRequest('lease is expired and has failed previous revocation attempts');
  }
  if (lease.expiresAt <= now) throw badRequest('lease expired');
  if (!lease.secret.renewable) throw badRequest('lease is not renewable');
  return lease;
}
