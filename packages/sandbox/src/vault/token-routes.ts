import type { Outcome, RoutedCall } from './call.ts';
import { secondsUntil, toSeconds } from './durations.ts';
import { badRequest, notFound, permissionDenied, Refusal } from './refusal.ts';
import type { Route } from './router.ts';
import { type RenewalTerms, type Token, toAuthReply } from './token.ts';
import { createTokenFor, type TokenCreationContext } from './token-create.ts';
import { grantTtl } from './ttl.ts';

/** `auth/token/…` */
export function tokenRoutes(context: TokenCreationContext): readonly Route[] {
  const { tokens, now } = context;

  const byField = (call: RoutedCall): Token | undefined => {
    const id = call.fields.string('token');
    return id === '' ? call.token : tokens.find(id);
  };
  const byAccessor = (call: RoutedCall): Token => {
    const accessor = call.fields.string('accessor');
    if (accessor === '') throw badRequest('missing accessor');
    const token = tokens.findByAccessor(accessor);
    if (token === undefined) throw badRequest('invalid accessor');
    return token;
  };
  const renew = (token: Token | undefined, call: RoutedCall): Outcome => {
    if (token === undefined) throw badRequest('token not found');
    if (token.type === 'batch') throw badRequest('batch tokens cannot be renewed');
    if (!token.renewable || token.expiresAt === undefined) {
      throw badRequest('lease is not renewable');
    }
    const { ttlMs, warnings } = grantTtl({
      limits: context.limits,
      now: now(),
      issuedAt: token.issuedAt,
      incrementMs: call.fields.durationMs('increment'),
      ...(token.renewalTerms?.() ?? ownTerms(token)),
    });
    tokens.extend(token, ttlMs);
    return { auth: toAuthReply(token, ttlMs), warnings };
  };
  const revoke = (token: Token | undefined): undefined => {
    if (token === undefined) return;
    if (token.type === 'batch') throw badRequest('batch tokens cannot be revoked');
    tokens.revoke(token.id);
  };
  const lookup = (token: Token | undefined): Outcome => {
    if (token === undefined) throw new Refusal(403, 'bad token');
    return { data: describeToken(token, now()) };
  };
  const revokeOrphan = (call: RoutedCall): undefined => {
    const token = tokens.find(call.fields.string('token'));
    if (token === undefined) throw badRequest('token to revoke not found');
    if (token.type === 'batch') throw badRequest('batch tokens cannot be revoked');
    tokens.revokeOrphaning(token.id);
  };
  const self = (call: RoutedCall): Token => {
    if (call.token === undefined) throw permissionDenied();
    return call.token;
  };
  const update = (pattern: string, run: Route['run']): Route => ({
    operations: ['update'],
    pattern,
    run,
  });

  return [
    update('create', (call) => createTokenFor(call, context, false)),
    update('create-orphan', (call) => createTokenFor(call, context, true)),
    { operations: ['read', 'update'], pattern: 'lookup-self', run: (call) => lookup(self(call)) },
    { operations: ['read', 'update'], pattern: 'lookup', run: (call) => lookup(byField(call)) },
    update('lookup-accessor', (call) => ({
      data: { ...describeToken(byAccessor(call), now()), id: '' },
    })),
    update('renew-self', (call) => renew(self(call), call)),
    update('renew', (call) => {
      if (call.fields.string('token') === '') throw badRequest('missing token ID');
      return renew(byField(call), call);
    }),
    update('renew-accessor', (call) => withoutToken(renew(byAccessor(call), call))),
    update('revoke-self', (call) => revoke(self(call))),
    update('revoke', (call) => {
      if (call.fields.string('token') === '') throw badRequest('missing token ID');
      return revoke(byField(call));
    }),
    update('revoke-accessor', (call) => revoke(byAccessor(call))),
    { ...update('revoke-orphan', revokeOrphan), needsSudo: true },
    {
      operations: ['list'],
      pattern: 'accessors',
      needsSudo: true,
      run() {
        const keys = tokens.live().flatMap((token) => token.accessor || []);
        if (keys.length === 0) throw notFound();
        return { data: { keys } };
      },
    },
  ];
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
