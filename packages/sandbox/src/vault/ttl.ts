import { formatDuration } from './durations.ts';
import { badRequest } from './refusal.ts';

/** The limits of a mount, in milliseconds. */
export interface TtlLimits {
  readonly defaultTtlMs: number;
  readonly maxTtlMs: number;
}

export interface TtlRequest {
  readonly limits: TtlLimits;
  readonly now: Date;
  readonly issuedAt: Date;
  /** What the caller asks for; 0 when nothing. */
  readonly incrementMs?: number;
  /** What the role or the backend grants; 0 when it leaves that to the mount. */
  readonly ttlMs?: number;
  readonly maxTtlMs?: number;
  readonly explicitMaxTtlMs?: number;
  /** A periodic token starts its period again, for ever unless an explicit maximum is set. */
  readonly periodMs?: number;
}

export interface GrantedTtl {
  /** From now. */
  readonly ttlMs: number;
  readonly warnings: readonly string[];
}

/** How long a token or lease may live from now on: Vault's `CalculateTTL`. */
export function grantTtl(request: TtlRequest): GrantedTtl {
  const { limits, now, issuedAt, periodMs = 0, explicitMaxTtlMs = 0 } = request;
  const maxTtlMs = Math.min(
    ...[limits.maxTtlMs, request.maxTtlMs ?? 0, explicitMaxTtlMs].filter((limit) => limit > 0),
  );
  const warnings: string[] = [];

  let ttlMs = request.incrementMs || request.ttlMs || limits.defaultTtlMs;
  let lifetimeMs = maxTtlMs;
  if (periodMs > 0) {
    if (periodMs > maxTtlMs) warnings.push(capped('period', periodMs, maxTtlMs, 'period value'));
    ttlMs = Math.min(periodMs, maxTtlMs);
    lifetimeMs = explicitMaxTtlMs > 0 ? explicitMaxTtlMs : Number.POSITIVE_INFINITY;
  }

  const remainingMs = issuedAt.getTime() + lifetimeMs - now.getTime();
  if (remainingMs <= 0) throw badRequest('past the max TTL, cannot renew');
  if (ttlMs > remainingMs) {
    warnings.push(capped('TTL', ttlMs, remainingMs, 'TTL value'));
    ttlMs = remainingMs;
  }
  return { ttlMs, warnings };
}

/** Vault reckons in whole seconds, and says so. */
const capped = (what: string, askedMs: number, grantedMs: number, value: string): string => {
  const granted = formatDuration(Math.round(grantedMs / 1_000) * 1_000);
  return `${what} of "${formatDuration(askedMs)}" exceeded the effective max_ttl of "${granted}"; ${value} is capped accordingly`;
};
