import { blocksContain } from './addresses.ts';
import type { Served } from './audit-log.ts';
import type { Call, Outcome, RoutedCall } from './call.ts';
import { toSeconds } from './durations.ts';
import type { LeaseStore } from './lease-store.ts';
import type { Mounts } from './mounts.ts';
import type { Policies } from './policies.ts';
import { badRequest, errorList, onlyOf, permissionDenied, Refusal, unforeseen } from './refusal.ts';
import { type Match, resolveRoute } from './router.ts';
import type { Token } from './token.ts';
import type { TokenStore } from './token-store.ts';
import { judgeWrappingToken, wrapOutcome } from './wrapping.ts';

export interface Pipeline {
  readonly tokens: TokenStore;
  readonly leases: LeaseStore;
  readonly policies: Policies;
  readonly mounts: Mounts;
}

/** The way of one call through the Vault: who asks, may they, do it, lease it, count it, wrap it. */
export function serve(vault: Pipeline, call: Call): Served {
  judgeWrappingToken(vault.tokens, call);
  const match = resolveRoute(vault.mounts.all(), call);
  if (!(match instanceof Refusal) && match.route.isPublic) {
    return finish(vault, call, match, undefined, runLogin(match, call));
  }

  const token = identify(vault.tokens, call);
  const operation = match instanceof Refusal ? call.operation : match.operation;
  const access = vault.policies.accessOf(token.policies);
  const capabilities = access.capabilities(call.path);
  const isSudo = capabilities.includes('sudo') || capabilities.includes('root');
  const isAllowed =
    access.allows({ ...call, operation }) &&
    (match instanceof Refusal || !match.route.needsSudo || isSudo);

  // A refused call costs a use, too.
  const isLastUse = vault.tokens.spend(token);
  try {
    if (!isAllowed) throw unforeseen('permission denied', 403);
    if (match instanceof Refusal) throw match;
    const outcome = lease(vault, call, match, token, run(match, call, token, isSudo));
    if (isLastUse && outcome?.lease !== undefined && outcome.secret !== undefined) {
      throw badRequest(LAST_USE);
    }
    return finish(vault, call, match, token, withMountType(match, outcome));
  } finally {
    if (isLastUse) vault.tokens.revoke(token.id);
  }
}

const LAST_USE =
  'Secret cannot be returned; token had one use left, so leased credentials were immediately revoked.';

function identify(tokens: TokenStore, call: Call): Token {
  if (call.clientToken === '') throw permissionDenied();
  const token = tokens.find(call.clientToken);
  if (token === undefined) {
    throw new Refusal(403, errorList('permission denied', 'invalid token'));
  }
  const isBound = token.expiresAt !== undefined && token.boundCidrs.length > 0;
  if (isBound && !blocksContain(token.boundCidrs, call.remoteAddress)) throw permissionDenied();
  return token;
}

function withMountType({ mount }: Match, outcome: Outcome | undefined): Outcome | undefined {
  const isPlain = outcome !== undefined && outcome.status === undefined;
  return isPlain ? { ...outcome, mountType: mount.type } : outcome;
}

/** What nobody foresaw is told without the list that it comes in elsewhere. */
function runLogin(match: Match, call: Call): Outcome | undefined {
  try {
    return run(match, call, undefined, false);
  } catch (error) {
    const text = error instanceof Refusal ? onlyOf(error.message) : undefined;
    if (error instanceof Refusal && text !== undefined) throw new Refusal(error.status, text);
    throw error;
  }
}

function run(
  match: Match,
  call: Call,
  token: Token | undefined,
  isSudo: boolean,
): Outcome | undefined {
  const routed: RoutedCall = {
    ...call,
    operation: match.operation,
    parameters: match.parameters,
    mountPath: match.mount.path,
    token,
    isSudo,
  };
  return match.route.run(routed);
}

/** Registers what must be taken back one day, and tells the caller until when it is good. */
function lease(
  vault: Pipeline,
  call: Call,
  match: Match,
  token: Token,
  outcome: Outcome | undefined,
): Outcome | undefined {
  if (outcome?.secret === undefined) return outcome;
  const limits = vault.mounts.limitsAt(match.mount.path);
  const issued = vault.leases.issue(call.path, outcome.secret, token, limits);
  return {
    ...outcome,
    lease: {
      id: issued.id,
      durationSeconds: toSeconds(issued.expiresAt.getTime() - issued.issuedAt.getTime()),
      renewable: issued.secret.renewable,
    },
  };
}

function finish(
  vault: Pipeline,
  call: Call,
  match: Match,
  caller: Token | undefined,
  outcome: Outcome | undefined,
): Served {
  const isWrapped = outcome !== undefined && (call.wrapTtlMs > 0 || outcome.rewrap !== undefined);
  if (!isWrapped || outcome.rawBody !== undefined) return { outcome };
  const facts = { caller, mountType: match.mount.type };
  return { outcome, wrappingToken: wrapOutcome(vault.tokens, call, outcome, facts) };
}
