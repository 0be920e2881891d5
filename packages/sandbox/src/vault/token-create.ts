import type { Outcome, RoutedCall } from './call.ts';
import { parseDurationMs } from './durations.ts';
import type { Fields } from './fields.ts';
import type { Policies } from './policies.ts';
import { badRequest } from './refusal.ts';
import { cleanPolicies, type Token, toAuthReply } from './token.ts';
import type { TokenStore } from './token-store.ts';
import { grantTtl, type TtlLimits } from './ttl.ts';

export interface TokenCreationContext {
  readonly tokens: TokenStore;
  readonly policies: Policies;
  readonly limits: TtlLimits;
  readonly now: () => Date;
}

/** `auth/token/create` and `auth/token/create-orphan`. */
export function createTokenFor(
  call: RoutedCall,
  context: TokenCreationContext,
  isOrphanPath: boolean,
): Outcome {
  const { tokens, limits } = context;
  const { fields, isSudo } = call;
  const parent = requireParent(call);
  const type = readType(fields);
  const policies = choosePolicies(fields, parent, isSudo);
  if (policies.includes('root') && !parent.policies.includes('root')) {
    throw badRequest('root tokens may not be created without parent token being root');
  }
  if (type === 'batch' && policies.includes('root')) {
    throw badRequest('batch tokens cannot be root tokens');
  }
  const isOrphan = isOrphanPath || readOrphan(fields, isSudo);
  const { ttlMs, warnings } = chooseTtl(fields, policies, limits, context.now(), isSudo);
  if (ttlMs === 0 && parent.expiresAt !== undefined) {
    throw badRequest('expiring root tokens cannot create non-expiring root tokens');
  }

  const token = tokens.create({
    type,
    policies,
    path: call.path,
    displayName: displayNameOf(fields),
    uses: fields.integer('num_uses'),
    ttlMs,
    explicitMaxTtlMs: fields.durationMs('explicit_max_ttl'),
    periodMs: fields.durationMs('period'),
    renewable: type === 'service' && ttlMs > 0 && fields.boolean('renewable', true),
    metadata: fields.has('meta') ? fields.strings('meta') : undefined,
    parentId: isOrphan ? undefined : parent.id,
    boundCidrs: isOrphan || ttlMs === 0 ? [] : parent.boundCidrs,
    entityId: isOrphan ? '' : parent.entityId,
    id: readId(fields, isSudo),
  });
  const missing = policies.filter((name) => !context.policies.has(name));
  return {
    auth: toAuthReply(token, ttlMs),
    warnings: [...warnings, ...missing.map((name) => `Policy "${name}" does not exist`)],
  };
}

function requireParent(call: RoutedCall): Token {
  const { token } = call;
  if (token === undefined) throw badRequest('parent token lookup failed: no parent found');
  if (token.type === 'batch') throw badRequest('batch tokens cannot create more tokens');
  if (token.usesLeft > 0) {
    throw badRequest('restricted use token cannot generate child tokens');
  }
  return token;
}

function readType(fields: Fields): 'service' | 'batch' {
  const type = fields.string('type') || 'service';
  if (type !== 'service' && type !== 'batch') throw badRequest(`invalid 'token_type' value`);
  if (fields.integer('num_uses') < 0) throw badRequest('number of uses cannot be negative');
  for (const name of type === 'batch' ? ['explicit_max_ttl', 'num_uses', 'period'] : []) {
    const isSet = name === 'num_uses' ? fields.integer(name) !== 0 : fields.durationMs(name) !== 0;
    if (isSet) throw badRequest(`batch tokens cannot have "${name}" set`);
  }
  return type;
}

function choosePolicies(fields: Fields, parent: Token, isSudo: boolean): readonly string[] {
  const asked = fields.list('policies');
  const isWithoutDefault = fields.boolean('no_default_policy');
  if (asked.length === 0) {
    return parent.policies.filter((name) => name !== 'default' || !isWithoutDefault);
  }
  const wanted = cleanPolicies(asked, false);
  if (!isSudo && !wanted.every((name) => parent.policies.includes(name))) {
    throw badRequest('child policies must be subset of parent');
  }
  if (wanted.includes('response-wrapping')) {
    throw badRequest('cannot assign policy "response-wrapping"');
  }
  const addsDefault = isSudo || parent.policies.includes('default');
  return cleanPolicies(wanted, addsDefault && !isWithoutDefault);
}

function readOrphan(fields: Fields, isSudo: boolean): boolean {
  if (!fields.boolean('no_parent')) return false;
  if (!isSudo) throw badRequest('root or sudo privileges required to create orphan token');
  return true;
}

function readId(fields: Fields, isSudo: boolean): string | undefined {
  const id = fields.string('id');
  if (id === '') return undefined;
  if (!isSudo) throw badRequest('root or sudo privileges required to specify token id');
  if (id.startsWith('hvs.') || id.startsWith('s.')) {
    throw badRequest(`custom token ID cannot have the '${id.split('.')[0]}.' prefix`);
  }
  if (id.includes('.')) throw badRequest(`custom token ID cannot have a '.' in the value`);
  return id;
}

function chooseTtl(
  fields: Fields,
  policies: readonly string[],
  limits: TtlLimits,
  now: Date,
  isSudo: boolean,
): { ttlMs: number; warnings: readonly string[] } {
  const terms = { ttl: 0, period: 0, explicit_max_ttl: 0 };
  for (const name of ['ttl', 'period', 'explicit_max_ttl'] as const) {
    terms[name] = readDuration(fields, name);
    if (terms[name] < 0) throw badRequest(`${name} must be positive`);
  }
  if (terms.period > 0 && !isSudo) {
    throw badRequest('root or sudo privileges required to create periodic token');
  }
  const isUnlimited = policies.includes('root') && terms.ttl === 0 && terms.period === 0;
  if (isUnlimited) return { ttlMs: terms.explicit_max_ttl, warnings: [] };
  return grantTtl({
    limits,
    now,
    issuedAt: now,
    ttlMs: terms.ttl,
    periodMs: terms.period,
    explicitMaxTtlMs: terms.explicit_max_ttl,
  });
}

/** Worded unlike everywhere else, since this endpoint reads its body itself. */
function readDuration(fields: Fields, name: string): number {
  const durationMs = parseDurationMs(fields.raw[name] ?? 0);
  if (durationMs !== undefined) return durationMs;
  throw badRequest(`time: invalid duration ${JSON.stringify(fields.raw[name])}`);
}

function displayNameOf(fields: Fields): string {
  const given = fields.string('display_name');
  if (given === '') return 'token';
  return `token-${given}`.replaceAll(/[^A-Za-z0-9-]/g, '-').replace(/-$/, '');
}
