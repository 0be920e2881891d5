import type { Alarms } from './alarms.ts';
import type { Draws } from './draws.ts';
import { laterBy } from './durations.ts';
import { badRequest } from './refusal.ts';
import type { Token, TokenDraft } from './token.ts';

export interface TokenStore {
  create(draft: TokenDraft): Token;
  /** Only a token that is still good. */
  find(id: string): Token | undefined;
  findByAccessor(accessor: string): Token | undefined;
  /** Spends one use; true when it was the last, after which nobody finds the token any more. */
  spend(token: Token): boolean;
  /** Ends it with its children; what it leased goes a little later. Unknown ids are ignored. */
  revoke(id: string): void;
  /** Ends it but makes its children orphans. */
  revokeOrphaning(id: string): void;
  extend(token: Token, ttlMs: number): void;
  live(): readonly Token[];
}

export interface TokenStoreOptions {
  readonly alarms: Alarms;
  readonly draws: Draws;
  /** Told once of every token that ends, whatever ended it. */
  readonly onEnd: (token: Token) => void;
}

export function createTokenStore({ alarms, draws, onEnd }: TokenStoreOptions): TokenStore {
  const tokens = new Map<string, Token>();
  const spent = new Set<string>();
  const cancelExpiry = new Map<string, () => void>();

  const isLive = (token: Token): boolean =>
    !spent.has(token.id) && (token.expiresAt === undefined || token.expiresAt > alarms.now());
  const live = (): Token[] => [...tokens.values()].filter(isLive);

  const watchExpiry = (token: Token): void => {
    cancelExpiry.get(token.id)?.();
    if (token.expiresAt === undefined) return;
    cancelExpiry.set(
      token.id,
      alarms.set(token.expiresAt, () => revoke(token.id)),
    );
  };
  const end = (token: Token): void => {
    tokens.delete(token.id);
    spent.delete(token.id);
    cancelExpiry.get(token.id)?.();
    cancelExpiry.delete(token.id);
    onEnd(token);
  };
  const childrenOf = (id: string): Token[] =>
    [...tokens.values()].filter((token) => token.parentId === id);
  const revoke = (id: string): void => {
    const token = tokens.get(id);
    if (token === undefined) return;
    end(token);
    for (const child of childrenOf(id)) revoke(child.id);
  };

  return {
    create(draft) {
      const key = draws.fresh(`${draft.type} token`);
      const id = draft.id ?? drawId(draws, key, draft.type);
      if (tokens.has(id)) throw badRequest('cannot create a token with a duplicate ID');
      const issuedAt = alarms.now();
      const { uses, ...rest } = draft;
      const token: Token = {
        ...rest,
        id,
        accessor: draft.type === 'batch' ? '' : draws.base62(`${key} accessor`, 24),
        issuedAt,
        metadata: draft.metadata,
        parentId: draft.parentId,
        explicitMaxTtlMs: draft.explicitMaxTtlMs ?? 0,
        periodMs: draft.periodMs ?? 0,
        boundCidrs: draft.boundCidrs ?? [],
        entityId: draft.entityId ?? '',
        usesLeft: uses,
        expiresAt: draft.ttlMs > 0 ? laterBy(issuedAt, draft.ttlMs) : undefined,
        lastRenewedAt: undefined,
      };
      tokens.set(id, token);
      watchExpiry(token);
      return token;
    },
    find(id) {
      const token = tokens.get(id);
      return token !== undefined && isLive(token) ? token : undefined;
    },
    findByAccessor: (accessor) =>
      accessor === '' ? undefined : live().find((token) => token.accessor === accessor),
    spend(token) {
      if (token.usesLeft === 0) return false;
      token.usesLeft -= 1;
      if (token.usesLeft > 0) return false;
      // Where Vault notes that the token is being ended; its last call may see it.
      token.usesLeft = -1;
      spent.add(token.id);
      return true;
    },
    revoke,
    revokeOrphaning(id) {
      for (const child of childrenOf(id)) child.parentId = undefined;
      revoke(id);
    },
    extend(token, ttlMs) {
      token.expiresAt = laterBy(alarms.now(), ttlMs);
      token.lastRenewedAt = alarms.now();
      watchExpiry(token);
    },
    live,
  };
}

/** Real ones are signed and about this long; clients must not care, and some do. */
function drawId(draws: Draws, key: string, type: 'service' | 'batch'): string {
  return type === 'service'
    ? `hvs.CAESI${draws.base62(key, 86)}`
    : `hvb.AAAAAQ${draws.base62(key, 132)}`;
}
