import type { KeyIssuer } from '../model/key-issuer.ts';
import type { MintedSecret, Renewal } from './call.ts';
import type { ExoscaleRole } from './exoscale-roles.ts';
import { badRequest, unforeseen } from './refusal.ts';
import type { TtlLimits } from './ttl.ts';

/**
 * What the cloud answers when the key to delete does not exist. The plugin takes `API Key not in organization` for
 * success and a 404 for a failure; which of them the cloud sends is not documented.
 */
export type MissingKeyAnswer = 'not-in-organization' | 'not-found';

/** The name says which role and mount a key is from, not which job. */
export function keyName(
  prefix: string,
  role: ExoscaleRole,
  displayName: string,
  now: Date,
): string {
  const parts = [prefix, role.name, displayName].filter((part) => part !== '');
  return `vault-${parts.join('-')}-${BigInt(now.getTime()) * 1_000_000n}`;
}

export function createKey(
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

/** The key as a lease sees it. */
export function leasedKey(
  key: string,
  role: ExoscaleRole,
  backend: {
    readonly issuer: KeyIssuer;
    readonly limits: TtlLimits;
    readonly missingKey: MissingKeyAnswer;
  },
): MintedSecret {
  return {
    ttlMs: role.ttlMs,
    maxTtlMs: role.maxTtlMs,
    renewable: role.isRenewable,
    revoke() {
      if (deleteKey(backend.issuer, key) || backend.missingKey === 'not-in-organization') return;
      throw badRequest('unable to revoke the API key: resource not found');
    },
    renew({ now, issuedAt, expiresAt }: Renewal) {
      const ttlMs = role.ttlMs || backend.limits.defaultTtlMs;
      const maxTtlMs = role.maxTtlMs || backend.limits.maxTtlMs;
      // All or nothing: a whole term more if it fits, else what is left of the running one.
      const fits = now.getTime() + ttlMs <= issuedAt.getTime() + maxTtlMs;
      return fits ? ttlMs : expiresAt.getTime() - now.getTime();
    },
  };
}

function deleteKey(issuer: KeyIssuer, key: string): boolean {
  try {
    return issuer.deleteKey(key);
  } catch (error) {
    throw badRequest(`unable to revoke the API key: ${textOf(error)}`);
  }
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
