import type { Context } from './context.ts';
import type { KeyIssuer } from './key-issuer.ts';
import type { Operation, Operations } from './operations.ts';
import { allows, type Policy, unclearExpression } from './policy.ts';
import { notFound, Refusal } from './refusal.ts';

export interface Role {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly isEditable: boolean;
  readonly labels: Readonly<Record<string, string>>;
  readonly permissions: readonly string[];
  readonly maxSessionTtlSeconds?: number | undefined;
  readonly policy: Policy;
}

export type RoleDetails = Omit<Role, 'id'>;

/** An API key without its secret. */
export interface ApiKeyRecord {
  readonly key: string;
  readonly name: string;
  readonly roleId: string;
}

export interface KeyCounts {
  readonly minted: number;
  readonly revoked: number;
  readonly live: number;
}

export interface Iam extends KeyIssuer {
  /** Adds a role at once: what a test or a proof starts from. */
  addRole(role: Partial<RoleDetails> & Pick<Role, 'name' | 'policy'>): Role;
  listRoles(): readonly Role[];
  getRole(id: string): Role;
  createRole(zone: string, details: RoleDetails): Operation;
  updateRole(zone: string, id: string, changes: Partial<RoleDetails>): Operation;
  deleteRole(zone: string, id: string): Operation;
  listKeys(): readonly ApiKeyRecord[];
  getKey(key: string): ApiKeyRecord;
  /** For checking signatures (API v2 and SigV4); `undefined` for a key that does not (or no longer) exist. */
  secretOf(key: string): string | undefined;
  /** `service` and `operation` in the API's words: `compute`, `scale-instance-pool`; `sos`, `put-object`. */
  allows(key: string, service: string, operation: string): boolean;
  /** Keys that were ever made through the API; the admin's is not one of them. */
  countKeys(): KeyCounts;
}

export interface AdminCredentials {
  readonly key: string;
  readonly secret: string;
}

const everything: Policy = { 'default-service-strategy': 'allow', services: {} };

export function createIam(context: Context, operations: Operations, admin: AdminCredentials): Iam {
  const roles = new Map<string, Role>();
  const keys = new Map<string, ApiKeyRecord>();
  const secrets = new Map<string, string>();
  let minted = 0;

  function addRole(role: Partial<RoleDetails> & Pick<Role, 'name' | 'policy'>): Role {
    const unclear = unclearExpression(role.policy);
    if (unclear !== undefined) {
      throw new Refusal('invalid', `Expression is not understood by the sandbox: ${unclear}`);
    }
    const defaults = { description: '', isEditable: true, labels: {}, permissions: [] };
    const complete = { ...defaults, ...role, id: context.newId('iam-role') };
    roles.set(complete.id, complete);
    return complete;
  }

  function getRole(id: string): Role {
    const role = roles.get(id);
    if (role === undefined) throw notFound('IAM role', id);
    return role;
  }

  function editable(id: string): Role {
    const role = getRole(id);
    if (role.isEditable) return role;
    throw new Refusal('forbidden', `IAM role "${role.name}" is not editable`);
  }

  function run(zone: string, command: string, id: string, apply: () => void): Operation {
    const subject = { zone, command, referenceId: id, link: `/v2/iam-role/${id}` };
    return operations.run(subject, {
      apply(running) {
        apply();
        running.succeed();
      },
    });
  }

  function createKey(name: string, roleId: string): { key: string; secret: string } {
    getRole(roleId);
    minted += 1;
    const bytes = context.drawBytes(`api-key ${minted}`, 'key');
    const key = `EXO${bytes.toString('hex').slice(0, 24)}`;
    const secret = context.drawBytes(`api-key ${minted}`, 'secret').toString('base64url');
    keys.set(key, { key, name, roleId });
    secrets.set(key, secret);
    context.emit({ type: 'key-created', key, name, roleId });
    return { key, secret };
  }

  function deleteKey(key: string): boolean {
    const record = keys.get(key);
    if (record === undefined) return false;
    keys.delete(key);
    secrets.delete(key);
    context.emit({ type: 'key-deleted', ...record });
    return true;
  }

  const owner = addRole({ name: 'Owner', isEditable: false, policy: everything });
  secrets.set(admin.key, admin.secret);

  return {
    addRole,
    listRoles: () => [...roles.values()],
    getRole,
    findRole: (nameOrId) =>
      roles.get(nameOrId) ?? [...roles.values()].find(({ name }) => name === nameOrId),
    createRole(zone, details) {
      if ([...roles.values()].some(({ name }) => name === details.name)) {
        throw new Refusal('conflict', `IAM role "${details.name}" already exists`);
      }
      return run(zone, 'create-iam-role', addRole(details).id, () => {});
    },
    updateRole(zone, id, changes) {
      editable(id);
      if (changes.policy !== undefined && unclearExpression(changes.policy) !== undefined) {
        throw new Refusal('invalid', 'Expression is not understood by the sandbox');
      }
      const command = changes.policy === undefined ? 'update-iam-role' : 'update-iam-role-policy';
      return run(zone, command, id, () => roles.set(id, { ...getRole(id), ...changes }));
    },
    deleteRole(zone, id) {
      const { name } = editable(id);
      if ([...keys.values()].some(({ roleId }) => roleId === id)) {
        throw new Refusal('conflict', `IAM role "${name}" still has API keys`);
      }
      return run(zone, 'delete-iam-role', id, () => void roles.delete(id));
    },
    createKey,
    deleteKey,
    listKeys: () => [...keys.values()],
    getKey(key) {
      const record = keys.get(key);
      if (record === undefined) throw notFound('API key', key);
      return record;
    },
    secretOf: (key) => secrets.get(key),
    allows(key, service, operation) {
      if (!secrets.has(key)) return false;
      const role = roles.get(keys.get(key)?.roleId ?? owner.id);
      return role !== undefined && allows(role.policy, service, operation);
    },
    countKeys: () => ({ minted, revoked: minted - keys.size, live: keys.size }),
  };
}
