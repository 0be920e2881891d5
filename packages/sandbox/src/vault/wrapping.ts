import type { Call, Outcome, RoutedCall, WrappedReply } from './call.ts';
import { toSeconds } from './durations.ts';
import { toEnvelope } from './encode-reply.ts';
import { badRequest, Refusal, unforeseen } from './refusal.ts';
import type { Route } from './router.ts';
import type { Token } from './token.ts';
import type { TokenStore } from './token-store.ts';

const JUDGED_PATHS = ['sys/wrapping/lookup', 'sys/wrapping/unwrap', 'sys/wrapping/rewrap'];

/**
 * Vault looks at the wrapping token before it looks at the caller: who holds a used one learns that first, whatever
 * else the request lacks.
 */
export function judgeWrappingToken(tokens: TokenStore, call: Call): void {
  if (!JUDGED_PATHS.includes(call.path)) return;
  const given = call.fields.has('token') ? call.fields.raw.token : call.clientToken;
  const invalid = (reason: string): Refusal =>
    new Refusal(403, `error validating wrapping token: ${reason}`);
  if (typeof given !== 'string') throw invalid('could not decode token in request body');
  if (given === '') {
    throw invalid(call.fields.has('token') ? 'empty token in request body' : 'token is empty');
  }
  if (/^eyJ[\w-]*\.[\w-]+\.[\w-]*$/.test(given)) {
    throw invalid(
      'wrapping token signature could not be validated: go-jose/go-jose: error in cryptographic primitive',
    );
  }
  if (tokens.find(given)?.wrapped === undefined) {
    throw badRequest('wrapping token is not valid or does not exist');
  }
}

/** Puts a reply away under a new token that can be used once. */
export function wrapOutcome(
  tokens: TokenStore,
  call: Call,
  outcome: Outcome,
  facts: { readonly caller: Token | undefined; readonly mountType: string | undefined },
): Token {
  const { rewrap } = outcome;
  const ttlMs = rewrap?.ttlMs ?? call.wrapTtlMs;
  return tokens.create({
    type: 'service',
    policies: ['response-wrapping'],
    path: call.path,
    displayName: facts.caller?.displayName ?? '',
    uses: 1,
    ttlMs,
    explicitMaxTtlMs: ttlMs,
    renewable: false,
    wrapped: rewrap ?? {
      body: JSON.stringify(toEnvelope(call.requestId, outcome)),
      creationPath: call.path,
      wrappedAccessor: outcome.auth?.accessor ?? secretIdAccessor(outcome, facts.mountType),
    },
  });
}

function secretIdAccessor(outcome: Outcome, mountType: string | undefined): string | undefined {
  const accessor = outcome.data?.secret_id_accessor;
  return mountType === 'approle' && typeof accessor === 'string' ? accessor : undefined;
}

/** `sys/wrapping/…` */
export function wrappingRoutes(tokens: TokenStore): readonly Route[] {
  /** The wrapping token is the caller's own, which the call itself spends, or somebody else's. */
  const take = (call: RoutedCall): { readonly wrapped: WrappedReply; readonly ttlMs: number } => {
    const isOwn = !call.fields.has('token');
    const token = isOwn ? call.token : tokens.find(call.fields.string('token'));
    if (token?.wrapped === undefined) {
      throw unforeseen(
        "error decrementing wrapping token's use-count: token not found or fully used already",
      );
    }
    if (!isOwn) tokens.revokeOrphaning(token.id);
    return { wrapped: token.wrapped, ttlMs: token.ttlMs };
  };

  const lookup = (call: RoutedCall): Outcome | undefined => {
    const token = tokens.find(
      call.fields.has('token') ? call.fields.string('token') : call.clientToken,
    );
    if (token?.wrapped === undefined) return undefined;
    return {
      data: {
        creation_path: token.wrapped.creationPath,
        creation_time: token.issuedAt.toISOString(),
        creation_ttl: toSeconds(token.ttlMs),
      },
    };
  };
  const wrap = (call: RoutedCall): Outcome => {
    if (call.wrapTtlMs === 0) throw badRequest('endpoint requires response wrapping to be used');
    return { data: call.fields.raw };
  };

  return [
    { operations: ['update'], pattern: 'wrapping/lookup', run: lookup, isPublic: true },
    { operations: ['update'], pattern: 'wrapping/wrap', run: wrap },
    {
      operations: ['update'],
      pattern: 'wrapping/unwrap',
      run: (call) => ({ rawBody: take(call).wrapped.body }),
    },
    {
      operations: ['update'],
      pattern: 'wrapping/rewrap',
      run(call) {
        const { wrapped, ttlMs } = take(call);
        // Vault does not tell the accessor a second time.
        return { rewrap: { body: wrapped.body, creationPath: wrapped.creationPath, ttlMs } };
      },
    },
  ];
}
