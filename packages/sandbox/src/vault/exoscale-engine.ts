import type { KeyIssuer } from '../model/key-issuer.ts';
import type { Outcome, RoutedCall } from './call.ts';
import { formatGoDuration } from './durations.ts';
import { createExoscaleConfig } from './exoscale-config.ts';
import { createKey, keyName, leasedKey, type MissingKeyAnswer } from './exoscale-keys.ts';
import { type ExoscaleRole, readExoscaleRole, showExoscaleRole } from './exoscale-roles.ts';
import { badRequest } from './refusal.ts';
import type { Route } from './router.ts';
import type { TtlLimits } from './ttl.ts';

export interface ExoscaleEngineOptions {
  /** Throws when the cloud refuses; the text reaches the caller. */
  readonly issuer: KeyIssuer;
  readonly limits: TtlLimits;
  readonly now: () => Date;
  readonly missingKey: MissingKeyAnswer;
}

/** The Exoscale secrets engine, as far as its keys for IAM roles go. */
export function exoscaleRoutes(options: ExoscaleEngineOptions): readonly Route[] {
  const { issuer } = options;
  const config = createExoscaleConfig();
  const roles = new Map<string, ExoscaleRole>();

  const mint = (call: RoutedCall): Outcome => {
    const { keyNamePrefix } = config.requireRoot();
    const role = roles.get(nameOf(call));
    if (role === undefined) throw badRequest(`role "${nameOf(call)}" not found`);
    const name = keyName(keyNamePrefix, role, call.token?.displayName ?? '', options.now());
    const { key, secret } = createKey(issuer, name, role);
    return {
      data: { name, api_key: key, api_secret: secret },
      secret: leasedKey(key, role, options),
    };
  };
  const writeRole = (call: RoutedCall): Outcome => {
    config.requireRoot();
    const name = nameOf(call);
    const role = readExoscaleRole(name, call.fields, roles.get(name), issuer);
    roles.set(name, role);
    const isTooLong = role.ttlMs > (role.maxTtlMs || options.limits.maxTtlMs);
    const ttl = formatGoDuration(role.ttlMs);
    const warning = `TTL "${ttl}" is higher than the effective MaxTTL for this mount`;
    // An envelope all the same, where others answer 204.
    return { warnings: isTooLong ? [warning] : [] };
  };
  const readRole = (call: RoutedCall): Outcome | undefined => {
    const role = roles.get(nameOf(call));
    return role && { data: showExoscaleRole(role) };
  };
  const deleteRole = (call: RoutedCall): undefined => {
    roles.delete(nameOf(call));
  };

  return [
    ...config.routes,
    {
      operations: ['list'],
      pattern: 'role',
      run: () => ({ data: { keys: [...roles.keys()].sort() } }),
    },
    { operations: ['read'], pattern: 'role/:role', run: readRole },
    {
      operations: ['update'],
      pattern: 'role/:role',
      exists: (parameters) => roles.has(parameters.role ?? ''),
      run: writeRole,
    },
    { operations: ['delete'], pattern: 'role/:role', run: deleteRole },
    // A read with an effect: every one makes another key.
    { operations: ['read'], pattern: 'apikey/:role', run: mint },
  ];
}

const nameOf = (call: RoutedCall): string => call.parameters.role ?? '';
