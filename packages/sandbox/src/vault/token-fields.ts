import { isAddressBlock } from './addresses.ts';
import { toSeconds } from './durations.ts';
import type { Fields } from './fields.ts';
import { badRequest } from './refusal.ts';
import { cleanPolicies, type TokenDraft } from './token.ts';
import { grantTtl, type TtlLimits } from './ttl.ts';

/** What every auth method's role says about the tokens it hands out. */
export interface TokenFields {
  readonly ttlMs: number;
  readonly maxTtlMs: number;
  readonly explicitMaxTtlMs: number;
  readonly periodMs: number;
  readonly policies: readonly string[];
  readonly boundCidrs: readonly string[];
  readonly uses: number;
  readonly hasNoDefaultPolicy: boolean;
  readonly type: 'default' | 'service' | 'batch' | 'default-service' | 'default-batch';
}

const TYPES: readonly TokenFields['type'][] = [
  'default',
  'service',
  'batch',
  'default-service',
  'default-batch',
];

/** Reads the `token_…` fields over what the role had; the names without `token_` are the old ones. */
export function readTokenFields(fields: Fields, previous?: TokenFields): TokenFields {
  const pick = <T>(names: readonly string[], read: (name: string) => T, otherwise: T): T => {
    const name = names.find(fields.has);
    return name === undefined ? otherwise : read(name);
  };
  const durationMs = (names: readonly string[], otherwise = 0): number =>
    pick(names, fields.durationMs, otherwise);
  const type = pick(['token_type'], fields.string, previous?.type ?? 'default') || 'default';
  const known = TYPES.find((candidate) => candidate === type);
  if (known === undefined) throw badRequest(`invalid 'token_type' value "${type}"`);

  const read: TokenFields = {
    ttlMs: durationMs(['token_ttl'], previous?.ttlMs),
    maxTtlMs: durationMs(['token_max_ttl'], previous?.maxTtlMs),
    explicitMaxTtlMs: durationMs(['token_explicit_max_ttl'], previous?.explicitMaxTtlMs),
    periodMs: durationMs(['token_period', 'period'], previous?.periodMs),
    policies: pick(['token_policies', 'policies'], fields.list, previous?.policies ?? []),
    boundCidrs: pick(['token_bound_cidrs'], fields.list, previous?.boundCidrs ?? []),
    uses: pick(['token_num_uses'], fields.integer, previous?.uses ?? 0),
    hasNoDefaultPolicy: pick(
      ['token_no_default_policy'],
      fields.boolean,
      previous?.hasNoDefaultPolicy ?? false,
    ),
    type: known,
  };
  check(read);
  return read;
}

function check(fields: TokenFields): void {
  if (fields.maxTtlMs > 0 && fields.ttlMs > fields.maxTtlMs) {
    throw badRequest(`'token_ttl' cannot be greater than 'token_max_ttl'`);
  }
  if (fields.uses < 0) throw badRequest(`'token_num_uses' cannot be negative`);
  const odd = fields.boundCidrs.find((block) => !isAddressBlock(block));
  if (odd !== undefined) {
    throw badRequest(
      `error parsing address "${odd}": Unable to convert "${odd}" to an IPv4 or IPv6 address, or a UNIX Socket`,
    );
  }
  const batch = `'token_type' cannot be 'batch' or 'default_batch' when set to generate`;
  if (!isBatch(fields)) return;
  if (fields.periodMs > 0) throw badRequest(`${batch} periodic tokens`);
  if (fields.uses > 0) throw badRequest(`${batch} tokens with limited use count`);
}

const isBatch = (fields: TokenFields): boolean =>
  fields.type === 'batch' || fields.type === 'default-batch';

export function showTokenFields(fields: TokenFields): Record<string, unknown> {
  return {
    token_ttl: toSeconds(fields.ttlMs),
    token_max_ttl: toSeconds(fields.maxTtlMs),
    token_explicit_max_ttl: toSeconds(fields.explicitMaxTtlMs),
    token_period: toSeconds(fields.periodMs),
    token_policies: fields.policies,
    token_bound_cidrs: fields.boundCidrs,
    token_num_uses: fields.uses,
    token_no_default_policy: fields.hasNoDefaultPolicy,
    token_type: fields.type,
  };
}

/** The part of a login's token that the role decides; the rest is the auth method's. */
export function draftLoginToken(
  fields: TokenFields,
  limits: TtlLimits,
  now: Date,
): { draft: Omit<TokenDraft, 'path' | 'displayName'>; warnings: readonly string[] } {
  const granted = grantTtl({ limits, now, issuedAt: now, ...fields });
  const policies = cleanPolicies(fields.policies, !fields.hasNoDefaultPolicy);
  if (policies.includes('root')) throw badRequest('auth methods cannot create root tokens');
  return {
    warnings: granted.warnings,
    draft: {
      type: isBatch(fields) ? 'batch' : 'service',
      policies,
      uses: fields.uses,
      ttlMs: granted.ttlMs,
      renewable: !isBatch(fields),
      explicitMaxTtlMs: fields.explicitMaxTtlMs,
      periodMs: fields.periodMs,
      boundCidrs: fields.boundCidrs,
    },
  };
}
