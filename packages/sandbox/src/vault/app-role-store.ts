import type { Alarms } from './alarms.ts';
import type { AppRole } from './app-role.ts';
import type { Draws } from './draws.ts';
import { laterBy } from './durations.ts';
import { unforeseen } from './refusal.ts';
import type { SecretId } from './secret-ids.ts';

/** Vault sweeps expired secret ids once a minute; until then they still log in. */
const TIDY_INTERVAL_MS = 60_000;

/** The roles and secret ids of one AppRole mount. */
export interface AppRoleStore {
  role(name: string): AppRole | undefined;
  roleById(roleId: string): AppRole | undefined;
  roleNames(): readonly string[];
  put(role: AppRole): void;
  /** Takes its secret ids along. */
  remove(name: string): void;
  add(secretId: Omit<SecretId, 'accessor'>): SecretId;
  secretId(roleName: string, id: string): SecretId | undefined;
  secretIdByAccessor(roleName: string, accessor: string): SecretId | undefined;
  secretIdsOf(roleName: string): readonly SecretId[];
  destroy(secretId: SecretId): void;
  /** Spends one use; the last one ends it. */
  spend(secretId: SecretId): void;
  /** Removes what has expired. */
  tidy(): void;
  secretIds(): readonly SecretId[];
}

export function createAppRoleStore(alarms: Alarms, draws: Draws): AppRoleStore {
  const roles = new Map<string, AppRole>();
  const secretIds = new Map<string, SecretId>();
  const keyOf = (roleName: string, id: string): string => `${roleName}\0${id}`;
  const secretIdsOf = (roleName: string): SecretId[] =>
    [...secretIds.values()].filter((secretId) => secretId.roleName === roleName);
  const destroy = (secretId: SecretId): void => {
    secretIds.delete(keyOf(secretId.roleName, secretId.id));
  };
  const tidy = (): void => {
    for (const secretId of secretIds.values()) {
      if (secretId.expiresAt !== undefined && secretId.expiresAt <= alarms.now()) destroy(secretId);
    }
  };
  const openedAt = alarms.now();
  /** The first sweep at or after a moment: sweeps are booked only when something will be due. */
  const sweepAfter = (at: Date): Date => {
    const sweeps = Math.ceil((at.getTime() - openedAt.getTime()) / TIDY_INTERVAL_MS);
    return laterBy(openedAt, sweeps * TIDY_INTERVAL_MS);
  };

  return {
    role: (name) => roles.get(name.toLowerCase()),
    roleById: (roleId) => [...roles.values()].find((role) => role.roleId === roleId),
    roleNames: () => [...roles.keys()].sort(),
    put(role) {
      const owner = [...roles.values()].find((other) => other.roleId === role.roleId);
      if (owner !== undefined && owner.name !== role.name) {
        throw unforeseen('role_id already in use');
      }
      roles.set(role.name.toLowerCase(), role);
    },
    remove(name) {
      const role = roles.get(name.toLowerCase());
      if (role === undefined) return;
      for (const secretId of secretIdsOf(role.name)) destroy(secretId);
      roles.delete(name.toLowerCase());
    },
    add(draft) {
      const key = keyOf(draft.roleName, draft.id);
      if (secretIds.has(key)) {
        throw unforeseen('failed to store secret_id: SecretID is already registered');
      }
      const accessor = draws.uuid(draws.fresh('secret id accessor'));
      const secretId: SecretId = { ...draft, accessor };
      secretIds.set(key, secretId);
      if (secretId.expiresAt !== undefined) alarms.set(sweepAfter(secretId.expiresAt), tidy);
      return secretId;
    },
    secretId: (roleName, id) => secretIds.get(keyOf(roleName, id)),
    secretIdByAccessor: (roleName, accessor) =>
      secretIdsOf(roleName).find((secretId) => secretId.accessor === accessor),
    secretIdsOf,
    destroy,
    spend(secretId) {
      if (secretId.usesLeft === 0) return;
      if (secretId.usesLeft === 1) return destroy(secretId);
      secretId.usesLeft -= 1;
      secretId.updatedAt = alarms.now();
    },
    tidy,
    secretIds: () => [...secretIds.values()],
  };
}
