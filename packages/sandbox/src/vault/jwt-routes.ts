import type { KeyObject } from 'node:crypto';
import { blocksContain } from './addresses.ts';
import type { Outcome, RoutedCall } from './call.ts';
import type { Fields } from './fields.ts';
import { checkBoundClaims, type JwtRole, readJwtRole, showJwtRole } from './jwt-role.ts';
import { type Claims, readPublicKey, verifyJwt } from './jwt-verify.ts';
import { completeLogin, type LoginContext } from './login.ts';
import { badRequest, permissionDenied, unforeseen } from './refusal.ts';
import type { Route } from './router.ts';

interface JwtConfig {
  readonly pems: readonly string[];
  readonly publicKeys: readonly KeyObject[];
  readonly boundIssuer: string;
  readonly defaultRole: string;
}

/** `auth/jwt/…`: logins with GitLab's `id_tokens`, checked against keys that are configured, not discovered. */
export function jwtRoutes(context: LoginContext): readonly Route[] {
  const roles = new Map<string, JwtRole>();
  let config: JwtConfig | undefined;

  const logIn = (call: RoutedCall): Outcome => {
    if (config === undefined) throw badRequest('could not load configuration');
    const name = call.fields.string('role') || config.defaultRole;
    if (name === '') throw badRequest('missing role');
    const role = roles.get(name);
    if (role === undefined) throw badRequest(`role "${name}" could not be found`);
    const { boundCidrs } = role.token;
    if (boundCidrs.length > 0 && !blocksContain(boundCidrs, call.remoteAddress)) {
      throw permissionDenied();
    }
    const claims = judge(call.fields.string('jwt'), role, config, context.now());
    const user = claims[role.userClaim];
    if (user === undefined) throw badRequest(`claim "${role.userClaim}" not found in token`);
    if (typeof user !== 'string') {
      throw badRequest(`claim "${role.userClaim}" could not be converted to string`);
    }
    checkBoundClaims(role, claims);
    return completeLogin(call, context, {
      alias: user,
      displayName: user,
      metadata: { ...mapClaims(role, claims), role: name },
      boundCidrs,
      role() {
        const current = roles.get(name);
        if (current !== undefined) return current.token;
        throw unforeseen(`failed to renew entry: role ${name} does not exist during renewal`);
      },
    });
  };
  const nameOf = (call: RoutedCall): string => call.parameters.role ?? '';

  return [
    { operations: ['update'], pattern: 'login', isPublic: true, run: logIn },
    {
      operations: ['update'],
      pattern: 'config',
      run(call) {
        config = readConfig(call.fields);
        return undefined;
      },
    },
    {
      operations: ['read'],
      pattern: 'config',
      run: () => config && { data: showConfig(config) },
    },
    {
      operations: ['list'],
      pattern: 'role',
      run: () => ({ data: { keys: [...roles.keys()].sort() } }),
    },
    {
      operations: ['update'],
      pattern: 'role/:role',
      exists: (parameters) => roles.has(parameters.role ?? ''),
      run(call) {
        roles.set(nameOf(call), readJwtRole(call.fields, roles.get(nameOf(call))));
        return undefined;
      },
    },
    {
      operations: ['read'],
      pattern: 'role/:role',
      run(call) {
        const role = roles.get(nameOf(call));
        return role && { data: showJwtRole(role) };
      },
    },
    {
      operations: ['delete'],
      pattern: 'role/:role',
      run(call) {
        roles.delete(nameOf(call));
        return undefined;
      },
    },
  ];
}

function judge(jwt: string, role: JwtRole, config: JwtConfig, now: Date): Claims {
  if (jwt === '') throw badRequest('missing token');
  return verifyJwt(jwt, {
    publicKeys: config.publicKeys,
    issuer: config.boundIssuer,
    subject: role.boundSubject,
    audiences: role.boundAudiences,
    now,
    clockSkewLeewayMs: role.clockSkewLeewayMs || 60_000,
    expirationLeewayMs: role.expirationLeewayMs || 150_000,
    notBeforeLeewayMs: role.notBeforeLeewayMs || 150_000,
  });
}

function readConfig(fields: Fields): JwtConfig {
  for (const name of ['oidc_discovery_url', 'jwks_url']) {
    if (fields.string(name) !== '') {
      throw badRequest(`the sandbox fetches no keys: set 'jwt_validation_pubkeys', not '${name}'`);
    }
  }
  const pems = fields.list('jwt_validation_pubkeys');
  if (pems.length === 0) {
    throw badRequest(
      `exactly one of 'jwt_validation_pubkeys', 'jwks_url' or 'oidc_discovery_url' must be set`,
    );
  }
  return {
    pems,
    publicKeys: pems.map(readPublicKey),
    boundIssuer: fields.string('bound_issuer'),
    defaultRole: fields.string('default_role'),
  };
}

const showConfig = (config: JwtConfig): Record<string, unknown> => ({
  jwt_validation_pubkeys: config.pems,
  bound_issuer: config.boundIssuer,
  default_role: config.defaultRole,
});

function mapClaims(role: JwtRole, claims: Claims): Record<string, string> {
  const metadata: Record<string, string> = {};
  for (const [claim, key] of Object.entries(role.claimMappings)) {
    const value = claims[claim];
    if (value === undefined) continue;
    if (typeof value !== 'string') throw badRequest(`error converting claim '${claim}' to string`);
    metadata[key] = value;
  }
  return metadata;
}
