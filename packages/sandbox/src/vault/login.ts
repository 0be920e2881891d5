import type { Outcome, RoutedCall } from './call.ts';
import type { Draws } from './draws.ts';
import { type RenewalTerms, toAuthReply } from './token.ts';
import { draftLoginToken, type TokenFields } from './token-fields.ts';
import type { TokenStore } from './token-store.ts';
import type { TtlLimits } from './ttl.ts';

/** What every auth method needs from the rest of the Vault. */
export interface LoginContext {
  readonly tokens: TokenStore;
  readonly draws: Draws;
  readonly limits: TtlLimits;
  readonly now: () => Date;
}

/** Who logged in, as the auth method found out. */
export interface Identity {
  /** What the entity is known by on this mount. */
  readonly alias: string;
  /** Appended to the mount's name; '' when the method has none. */
  readonly displayName: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly boundCidrs: readonly string[];
  /** Reads the role again; throws when it is gone. */
  readonly role: () => TokenFields;
}

/** Makes the token of a login. Such tokens are orphans: nobody's end but their own ends them. */
export function completeLogin(
  call: RoutedCall,
  context: LoginContext,
  identity: Identity,
): Outcome {
  const { draft, warnings } = draftLoginToken(identity.role(), context.limits, context.now());
  const mountName = call.mountPath
    .replace(/^auth\//, '')
    .replace(/\/$/, '')
    .replaceAll('/', '-');
  const token = context.tokens.create({
    ...draft,
    path: call.path,
    displayName: identity.displayName === '' ? mountName : `${mountName}-${identity.displayName}`,
    metadata: identity.metadata,
    boundCidrs: identity.boundCidrs,
    entityId: context.draws.uuid(`entity ${call.mountPath} ${identity.alias}`),
    renewalTerms: () => termsOf(identity.role(), draft.explicitMaxTtlMs ?? 0),
  });
  return { auth: toAuthReply(token, token.ttlMs), warnings };
}

/** The explicit maximum is the one of the login; all else follows the role. */
const termsOf = (role: TokenFields, explicitMaxTtlMs: number): RenewalTerms => ({
  ttlMs: role.ttlMs,
  maxTtlMs: role.maxTtlMs,
  periodMs: role.periodMs,
  explicitMaxTtlMs,
});
