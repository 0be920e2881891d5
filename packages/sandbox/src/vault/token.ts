import type { AuthReply, WrappedReply } from './call.ts';
import { toSeconds } from './durations.ts';

/** What a role grants at a renewal, read again each time. */
export interface RenewalTerms {
  readonly ttlMs: number;
  readonly maxTtlMs: number;
  readonly periodMs: number;
  readonly explicitMaxTtlMs: number;
}

/** What is known about a token before it exists. */
export interface TokenDraft {
  readonly type: 'service' | 'batch';
  readonly policies: readonly string[];
  /** The path that made it. */
  readonly path: string;
  readonly displayName: string;
  /** Unlimited when 0. */
  readonly uses: number;
  /** Never expires when 0, which only root tokens may. */
  readonly ttlMs: number;
  readonly renewable: boolean;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  /** Absent on orphans: they outlive whoever made them. */
  readonly parentId?: string | undefined;
  readonly id?: string | undefined;
  readonly explicitMaxTtlMs?: number | undefined;
  readonly periodMs?: number | undefined;
  readonly boundCidrs?: readonly string[] | undefined;
  readonly entityId?: string | undefined;
  /** Throws when the role is gone. Tokens without it renew on their own terms. */
  readonly renewalTerms?: (() => RenewalTerms) | undefined;
  /** Makes it a wrapping token. */
  readonly wrapped?: WrappedReply | undefined;
}

export interface Token extends Omit<TokenDraft, 'uses' | 'id' | 'parentId'> {
  readonly id: string;
  /** '' on batch tokens. */
  readonly accessor: string;
  readonly issuedAt: Date;
  readonly metadata: Readonly<Record<string, string>> | undefined;
  readonly explicitMaxTtlMs: number;
  readonly periodMs: number;
  readonly boundCidrs: readonly string[];
  readonly entityId: string;
  /** Unlimited when 0. */
  usesLeft: number;
  parentId: string | undefined;
  expiresAt: Date | undefined;
  lastRenewedAt: Date | undefined;
}

/** The token as a login, a creation or a renewal tells it. */
export function toAuthReply(token: Token, ttlMs: number): AuthReply {
  return {
    client_token: token.id,
    accessor: token.accessor,
    policies: token.policies,
    token_policies: token.policies,
    metadata: token.metadata ?? null,
    lease_duration: toSeconds(ttlMs),
    renewable: token.renewable,
    entity_id: token.entityId,
    token_type: token.type,
    orphan: token.parentId === undefined,
    mfa_requirement: null,
    num_uses: token.usesLeft,
  };
}

/** Lower case, sorted, each once. Root stands alone. */
export function cleanPolicies(names: readonly string[], addDefault: boolean): readonly string[] {
  const cleaned = new Set(names.map((name) => name.trim().toLowerCase()).filter(Boolean));
  if (cleaned.has('root')) return ['root'];
  if (addDefault) cleaned.add('default');
  return [...cleaned].sort();
}
