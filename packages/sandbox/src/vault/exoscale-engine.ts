import type { KeyIssuer } from '../model/key-issuer.ts';
import type { MintedSecret, Outcome, Renewal, RoutedCall } from './call.ts';
import { toSeconds } from './durations.ts';
import { type ExoscaleRole, readExoscaleRole, showExoscaleRole } from './exoscale-roles.ts';
import type { Fields } from './fields.ts';
import { badRequest, unforeseen } from './refusal.ts';
import type { Route } from './router.ts';
import type { TtlLimits } from './ttl.ts';

export interface ExoscaleEngineOptions {
  /** Throws when the cloud refuses; the text reaches the caller. */
  readonly issuer: KeyIssuer;
  readonly limits: TtlLimits;
  readonly now: () => Date;
  /**
   * What the cloud answers when the key to delete does not exist. The plugin takes `API Key not in organization` for
   * success and a 404 for a failure; which of them the cloud sends is not documented.
   */
  readonly missingKey: 'not-in-organization' | 'not-found';
}

interface RootConfig {
  readonly key: string;
  readonly secret: string;
  readonly zone: string;
  readonly keyNamePrefix: string;
}

/** The Exoscale secrets engine, as far as its keys for IAM roles go. */
export function exoscaleRoutes(options: ExoscaleEngineOptions): readonly Route[] {
  const roles = new Map<string, ExoscaleRole>();
  let root: RootConfig | undefined;
  let legacyLease = { ttlMs: 0, maxTtlMs: 0 };

  const readRoot = (): Outcome => ({ data: showRoot(requireRoot(root)) });
  const writeRoot = (call: RoutedCall): Outcome => {
    root = readRootConfig(call.fields);
    return { data: showRoot(root), warnings: ['The root API secret is shown in clear'] };
  };
  const mint = (call: RoutedCall): Outcome => {
    const roleName = call.parameters.role ?? '';
    const { keyNamePrefix } = requireRoot(root);
    const role = roles.get(roleName);
    if (role === undefined) throw badRequest(`role "${roleName}" not found`);
    const name = keyName(keyNamePrefix, role, call, options.now());
    const issued = createKey(options.issuer, name, role);
    return {
      data: { name, api_key: issued.key, api_secret: issued.secret },
      secret: leasedKey(issued.key, role, options),
    };
  };
  const writeRole = (call: RoutedCall): undefined => {
    requireRoot(root);
    const name = call.parameters.role ?? '';
    roles.set(name, readExoscaleRole(name, call.fields, roles.get(name), options.issuer));
  };
  const writeLease = (call: RoutedCall): undefined => {
    legacyLease = {
      ttlMs: call.fields.durationMs('ttl'),
      maxTtlMs: call.fields.durationMs('max_ttl'),
    };
  };

  return [
    { operations: ['read'], pattern: 'config/root', run: readRoot },
    {
      operations: ['update'],
      pattern: 'config/root',
      exists: () => root !== undefined,
      run: writeRoot,
    },
    {
      operations: ['read'],
      pattern: 'config/lease',
      run: () => ({
        data: { ttl: toSeconds(legacyLease.ttlMs), max_ttl: toSeconds(legacyLease.maxTtlMs) },
        warnings: ['This lease is for keys without an IAM role only'],
      }),
    },
    { operations: ['update'], pattern: 'config/lease', run: writeLease },
    {
      operations: ['list'],
      pattern: 'role',
      run: () => ({ data: { keys: [...roles.keys()].sort() } }),
    },
    {
      operations: ['read'],
      pattern: 'role/:role',
      run(call) {
        const role = roles.get(call.parameters.role ?? '');
        return role && { data: showExoscaleRole(role) };
      },
    },
    {
      operations: ['update'],
      pattern: 'role/:role',
      exists: (parameters) => roles.has(parameters.role ?? ''),
      run: writeRole,
    },
    {
      operations: ['delete'],
      pattern: 'role/:role',
      run(call) {
        roles.delete(call.parameters.role ?? '');
        return undefined;
      },
    },
    { operations: ['read'], pattern: 'apikey/:role', run: mint },
  ];
}

function readRootConfig(fields: Fields): RootConfig {
  const config = {
    key: fields.string('root_api_key'),
    secret: fields.string('root_api_secret'),
    zone: fields.string('zone') || 'ch-gva-2',
    keyNamePrefix: fields.string('api_key_name_prefix'),
  };
  if (config.key === '' || config.secret === '') {
    throw badRequest('missing root API root_api_key or root_api_secret');
  }
  return config;
}

/** In clear, as the plugin does: nobody in a pipeline should be granted this path. */
const showRoot = (root: RootConfig): Record<string, unknown> => ({
  root_api_key: root.key,
  root_api_secret: root.secret,
  zone: root.zone,
  api_environment: 'api',
  api_key_name_prefix: root.keyNamePrefix,
});

function requireRoot(root: RootConfig | undefined): RootConfig {
  if (root !== undefined) return root;
  throw unforeseen(
    'Exoscale secret engine not configured\nhint: write the root API key to config/root',
  );
}

function keyName(prefix: string, role: ExoscaleRole, call: RoutedCall, now: Date): string {
  const parts = [prefix, role.name, call.token?.displayName ?? ''].filter((part) => part !== '');
  return `vault-${parts.join('-')}-${BigInt(now.getTime()) * 1_000_000n}`;
}

function createKey(
  issuer: KeyIssuer,
  name: string,
  role: ExoscaleRole,
): { readonly key: string; readonly secret: string } {
  try {
    return issuer.createKey(name, role.iamRole.id);
  } catch (error) {
    throw unforeseen(`failed to create api key: ${textOf(error)}`);
  }
}

function leasedKey(
  key: string,
  role: ExoscaleRole,
  { issuer, limits, missingKey }: ExoscaleEngineOptions,
): MintedSecret {
  const ttlMs = role.ttlMs || limits.defaultTtlMs;
  const maxTtlMs = role.maxTtlMs || limits.maxTtlMs;
  return {
    ttlMs: role.ttlMs,
    maxTtlMs: role.maxTtlMs,
    renewable: role.isRenewable,
    revoke() {
      let wasThere: boolean;
      try {
        wasThere = issuer.deleteKey(key);
      } catch (error) {
        throw badRequest(`unable to revoke the API key: ${textOf(error)}`);
      }
      if (!wasThere && missingKey === 'not-found') {
        throw badRequest('unable to revoke the API key: resource not found');
      }
    },
    renew({ now, issuedAt, expiresAt }: Renewal) {
      // All or nothing: a whole term more if it fits, else what is left of the running one.
      const fits = now.getTime() + ttlMs <= issuedAt.getTime() + maxTtlMs;
      return fits ? ttlMs : expiresAt.getTime() - now.getTime();
    },
  };
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
