import { toSeconds } from './durations.ts';
import type { Fields } from './fields.ts';
import type { Claims } from './jwt-verify.ts';
import { badRequest } from './refusal.ts';
import { readTokenFields, showTokenFields, type TokenFields } from './token-fields.ts';

export interface JwtRole {
  readonly userClaim: string;
  readonly boundAudiences: readonly string[];
  readonly boundSubject: string;
  readonly boundClaims: Readonly<Record<string, unknown>>;
  readonly boundClaimsType: 'string' | 'glob';
  /** Claim to metadata key. */
  readonly claimMappings: Readonly<Record<string, string>>;
  /** As set: 0 stands for Vault's own default. */
  readonly clockSkewLeewayMs: number;
  readonly expirationLeewayMs: number;
  readonly notBeforeLeewayMs: number;
  readonly token: TokenFields;
}

export function readJwtRole(fields: Fields, previous: JwtRole | undefined): JwtRole {
  const roleType = fields.string('role_type') || 'jwt';
  if (roleType !== 'jwt') throw badRequest(`the sandbox knows JWT roles only: "${roleType}"`);
  const kind = fields.string('bound_claims_type') || (previous?.boundClaimsType ?? 'string');
  if (kind !== 'string' && kind !== 'glob') {
    throw badRequest(`invalid 'bound_claims_type': ${kind}`);
  }
  const pick = <T>(name: string, read: (name: string) => T, otherwise: T): T =>
    fields.has(name) ? read(name) : otherwise;
  const leewayMs = (name: string, otherwise = 0): number =>
    pick(name, fields.durationMs, otherwise);

  const role: JwtRole = {
    userClaim: pick('user_claim', fields.string, previous?.userClaim ?? ''),
    boundAudiences: pick('bound_audiences', fields.list, previous?.boundAudiences ?? []),
    boundSubject: pick('bound_subject', fields.string, previous?.boundSubject ?? ''),
    boundClaims: pick('bound_claims', readClaims(fields), previous?.boundClaims ?? {}),
    boundClaimsType: kind,
    claimMappings: pick('claim_mappings', fields.strings, previous?.claimMappings ?? {}),
    clockSkewLeewayMs: leewayMs('clock_skew_leeway', previous?.clockSkewLeewayMs),
    expirationLeewayMs: leewayMs('expiration_leeway', previous?.expirationLeewayMs),
    notBeforeLeewayMs: leewayMs('not_before_leeway', previous?.notBeforeLeewayMs),
    token: readTokenFields(fields, previous?.token),
  };
  check(role);
  return role;
}

const readClaims =
  (fields: Fields) =>
  (name: string): Readonly<Record<string, unknown>> => {
    const value = fields.raw[name];
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return value as Readonly<Record<string, unknown>>;
    }
    throw badRequest(`error converting input for field "${name}": expected a map`);
  };

function check(role: JwtRole): void {
  if (role.userClaim === '') throw badRequest('a user claim must be defined on the role');
  const isBound =
    role.boundAudiences.length > 0 ||
    role.boundSubject !== '' ||
    Object.keys(role.boundClaims).length > 0 ||
    role.token.boundCidrs.length > 0;
  if (!isBound) {
    throw badRequest('must have at least one bound constraint when creating/updating a role');
  }
}

/** Every bound claim must be there and have one of its values. */
export function checkBoundClaims(role: JwtRole, claims: Claims): void {
  for (const [name, wanted] of Object.entries(role.boundClaims)) {
    const given = [claims[name] ?? []].flat();
    if (given.length === 0) {
      throw badRequest(`error validating claims: claim "${name}" is missing`);
    }
    const isMatch = [wanted].flat().some((one) => given.some((other) => matches(role, one, other)));
    if (!isMatch) {
      throw badRequest(
        `error validating claims: claim "${name}" does not match any associated bound claim values`,
      );
    }
  }
}

function matches(role: JwtRole, wanted: unknown, given: unknown): boolean {
  if (role.boundClaimsType === 'string') return wanted === given;
  if (typeof wanted !== 'string' || typeof given !== 'string') return false;
  const literals = wanted.split('*').map((text) => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${literals.join('.*')}$`, 's').test(given);
}

/** What only other kinds of roles use, as Vault shows it. */
const notSimulated: Readonly<Record<string, unknown>> = {
  alias_metadata: {},
  allowed_redirect_uris: null,
  groups_claim: '',
  max_age: 0,
  oidc_scopes: null,
  user_claim_json_pointer: false,
  verbose_oidc_logging: false,
};

export function showJwtRole(role: JwtRole): Record<string, unknown> {
  return {
    role_type: 'jwt',
    user_claim: role.userClaim,
    bound_audiences: role.boundAudiences,
    bound_subject: role.boundSubject,
    bound_claims: role.boundClaims,
    bound_claims_type: role.boundClaimsType,
    claim_mappings: role.claimMappings,
    clock_skew_leeway: toSeconds(role.clockSkewLeewayMs),
    expiration_leeway: toSeconds(role.expirationLeewayMs),
    not_before_leeway: toSeconds(role.notBeforeLeewayMs),
    ...notSimulated,
    ...showTokenFields(role.token),
  };
}
