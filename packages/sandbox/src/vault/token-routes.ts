import type { Outcome, RoutedCall } from './call.ts';
import { secondsUntil, toSeconds } from './durations.ts';
import { badRequest, permissionDenied, Refusal, unforeseen } from './refusal.ts';
import type { Route } from './router.ts';
import { type RenewalTerms, type Token, toAuthReply } from './token.ts';
import { createTokenFor, type TokenCreationContext } from './token-create.ts';
import { grantTtl } from './ttl.ts';

/** `auth/token/…` */
export function tokenRoutes(context: TokenCreationContext): readonly Route[] {
  const { tokens, now } = context;
  const update = (pattern: string, run: Route['run']): Route => ({
    operations: ['update'],
    pattern,
    run,
  });
  const lookup = (pattern: string, find: (call: RoutedCall) => Token | undefined): Route => ({
    operations: ['read', 'update'],
    pattern,
    run: (call) => ({ data: describeToken(requireGood(find(call)), now()) }),
  });
  const given = (call: RoutedCall): Token | undefined => tokens.find(requireTokenId(call));
  const named = (call: RoutedCall): Token | undefined => {
    const accessor = call.fields.string('accessor');
    if (accessor === '') throw unforeseen('missing accessor', 400);
    return tokens.findByAccessor(accessor);
  };
  const requireNamed = (call: RoutedCall): Token => {
    const token = named(call);
    if (token === undefined) throw unforeseen('invalid accessor', 400);
    return token;
  };
  const revokeNamed = (call: RoutedCall): Outcome | undefined => {
    const token = named(call);
    if (token === undefined) return { warnings: ['No token found with this accessor'] };
    return revoke(context, token);
  };

  return [
    update('create', (call) => createTokenFor(call, context, false)),
    update('create-orphan', (call) => createTokenFor(call, context, true)),
    lookup('lookup-self', self),
    lookup('lookup', (call) => (call.fields.string('token') === '' ? call.token : given(call))),
    update('lookup-accessor', (call) => ({
      data: { ...describeToken(requireNamed(call), now()), id: '' },
    })),
    update('renew-self', (call) => renew(context, self(call), call)),
    update('renew', (call) => renew(context, given(call), call)),
    update('renew-accessor', (call) => withoutToken(renew(context, requireNamed(call), call))),
    update('revoke-self', (call) => revoke(context, self(call))),
    update('revoke', (call) => revoke(context, given(call))),
    update('revoke-accessor', revokeNamed),
    {
      ...update('revoke-orphan', (call) => revokeOrphaning(context, given(call))),
      needsSudo: true,
    },
    {
      operations: ['list'],
      pattern: 'accessors',
      needsSudo: true,
      run: () => ({ data: { keys: tokens.live().flatMap((token) => token.accessor || []) } }),
    },
  ];
}

function requireTokenId(call: RoutedCall): string {
  const id = call.fields.string('token');
  if (id === '') throw badRequest('missing token ID');
  return id;
}

function self(call: RoutedCall): Token {
  if (call.token === undefined) throw permissionDenied();
  return call.token;
}

function requireGood(token: Token | undefined): Token {
  if (token === undefined) throw new Refusal(403, 'bad token');
  return token;
}

function renew(
  { tokens, limits, now }: TokenCreationContext,
  token: Token | undefined,
  call: RoutedCall,
): Outcome {
  if (token === undefined) throw badRequest('token not found');
  if (token.type === 'batch') throw badRequest('batch tokens cannot be renewed');
  if (!token.renewable || token.expiresAt === undefined) {
    throw badRequest('lease is not renewable');
  }
  const { ttlMs, warnings } = grantTtl({
    limits,
    now: now(),
    issuedAt: token.issuedAt,
    incrementMs: call.fields.durationMs('increment'),
    ...(token.renewalTerms?.() ?? ownTerms(token)),
  });
  tokens.extend(token, ttlMs);
  return { auth: toAuthReply(token, ttlMs), warnings };
}

/** 204 at once, whether or not there was such a token; its leases go a little later. */
function revoke({ tokens }: TokenCreationContext, token: Token | undefined): undefined {
  if (token === undefined) return;
  if (token.type === 'batch') throw badRequest('batch tokens cannot be revoked');
  tokens.revoke(token.id);
}

function revokeOrphaning({ tokens }: TokenCreationContext, token: Token | undefined): undefined {
  if (token === undefined) throw badRequest('token to revoke not found');
  if (token.type === 'batch') throw badRequest('batch tokens cannot be revoked');
  tokens.revokeOrphaning(token.id);
}

const ownTerms = (token: Token): RenewalTerms => ({
  ttlMs: token.ttlMs,
  maxTtlMs: 0,
  periodMs: token.periodMs,
  explicitMaxTtlMs: token.explicitMaxTtlMs,
});

/** `data.id` is the token itself. */
function describeToken(token: Token, now: Date): Record<string, unknown> {
  return {
    id: token.id,
    accessor: token.accessor,
    policies: token.policies,
    path: token.path,
    meta: token.metadata ?? null,
    display_name: token.displayName,
    num_uses: token.usesLeft,
    orphan: token.parentId === undefined,
    creation_time: Math.floor(token.issuedAt.getTime() / 1_000),
    creation_ttl: toSeconds(token.ttlMs),
    expire_time: token.expiresAt?.toISOString() ?? null,
    ttl: token.expiresAt === undefined ? 0 : secondsUntil(token.expiresAt, now),
    explicit_max_ttl: toSeconds(token.explicitMaxTtlMs),
    entity_id: token.entityId,
    type: token.type,
    renewable: token.renewable,
    issue_time: token.issuedAt.toISOString(),
    ...(token.periodMs > 0 ? { period: toSeconds(token.periodMs) } : {}),
    ...(token.boundCidrs.length > 0 ? { bound_cidrs: token.boundCidrs } : {}),
    ...(token.lastRenewedAt === undefined
      ? {}
      : {
          last_renewal: token.lastRenewedAt.toISOString(),
          last_renewal_time: Math.floor(token.lastRenewedAt.getTime() / 1_000),
        }),
  };
}

function withoutToken(outcome: Outcome): Outcome {
  return outcome.auth === undefined
    ? outcome
    : { ...outcome, auth: { ...outcome.auth, client_token: '' } };
}
