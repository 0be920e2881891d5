import { type ApiKeys, createApiKeys } from './api-keys.ts';
import type { Context } from './context.ts';
import type { Operations } from './operations.ts';
import { allows } from './policy.ts';
import { createRoles, type Roles } from './roles.ts';

export interface AdminCredentials {
  readonly key: string;
  readonly secret: string;
}

/** Who may do what. The admin's key has every right; it is not listed, not counted and cannot be deleted. */
export interface Iam extends Roles, ApiKeys {
  /** For checking signatures (API v2 and SigV4); `undefined` for a key that does not (or no longer) exist. */
  secretOf(key: string): string | undefined;
  /** `service` and `operation` in the API's words: `compute`, `scale-instance-pool`; `sos`, `put-object`. */
  allows(key: string, service: string, operation: string): boolean;
  /** What keys of a role have asked for so far, allowed or not, as in `compute/scale-instance-pool`. */
  askedOf(roleName: string): ReadonlySet<string>;
}

export function createIam(context: Context, operations: Operations, admin: AdminCredentials): Iam {
  const secrets = new Map([[admin.key, admin.secret]]);
  const asked = new Map<string, Set<string>>();
  const keys = createApiKeys(context, secrets);
  const roles = createRoles(context, operations, (roleId) =>
    keys.listKeys().some((key) => key.roleId === roleId),
  );
  roles.addRole({
    name: 'Owner',
    isEditable: false,
    policy: { 'default-service-strategy': 'allow', services: {} },
  });

  return {
    ...roles,
    ...keys,
    createKey(name, roleId) {
      roles.getRole(roleId);
      return keys.createKey(name, roleId);
    },
    secretOf: (key) => secrets.get(key),
    allows(key, service, operation) {
      if (key === admin.key) return true;
      if (!secrets.has(key)) return false;
      const { name, policy } = roles.getRole(keys.getKey(key).roleId);
      asked.set(name, (asked.get(name) ?? new Set()).add(`${service}/${operation}`));
      return allows(policy, service, operation);
    },
    askedOf: (roleName) => asked.get(roleName) ?? new Set(),
  };
}
