import type { Context } from './context.ts';
import type { Operation, Operations } from './operations.ts';
import { type Policy, unclearExpression } from './policy.ts';
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

export interface Roles {
  /** Adds a role at once: what a test or a proof starts from. */
  addRole(role: Partial<RoleDetails> & Pick<Role, 'name' | 'policy'>): Role;
  /** Resolves a name or an id; `undefined` when there is none. */
  findRole(nameOrId: string): Role | undefined;
  listRoles(): readonly Role[];
  getRole(id: string): Role;
  createRole(zone: string, details: RoleDetails): Operation;
  updateRole(zone: string, id: string, changes: Partial<RoleDetails>): Operation;
  deleteRole(zone: string, id: string): Operation;
}

export function createRoles(
  context: Context,
  operations: Operations,
  hasKeys: (roleId: string) => boolean,
): Roles {
  const roles = new Map<string, Role>();

  function findRole(nameOrId: string): Role | undefined {
    return roles.get(nameOrId) ?? [...roles.values()].find(({ name }) => name === nameOrId);
  }

  function addRole(role: Partial<RoleDetails> & Pick<Role, 'name' | 'policy'>): Role {
    expectClear(role.policy);
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

  function run(zone: string, command: string, id: string, apply: (role: Role) => void): Operation {
    const subject = { zone, command, referenceId: id, link: `/v2/iam-role/${id}` };
    return operations.run(subject, {
      apply(running) {
        const role = roles.get(id);
        if (role === undefined) {
          running.fail('not-found', 'IAM role was deleted');
          return;
        }
        apply(role);
        running.succeed();
      },
    });
  }

  return {
    addRole,
    findRole,
    listRoles: () => [...roles.values()],
    getRole,
    createRole(zone, details) {
      if (findRole(details.name) !== undefined) {
        throw new Refusal('conflict', `IAM role "${details.name}" already exists`);
      }
      return run(zone, 'create-iam-role', addRole(details).id, () => {});
    },
    updateRole(zone, id, changes) {
      editable(id);
      if (changes.policy !== undefined) expectClear(changes.policy);
      const command = changes.policy === undefined ? 'update-iam-role' : 'update-iam-role-policy';
      return run(zone, command, id, (role) => roles.set(id, { ...role, ...changes }));
    },
    deleteRole(zone, id) {
      const { name } = editable(id);
      if (hasKeys(id)) throw new Refusal('conflict', `IAM role "${name}" still has API keys`);
      return run(zone, 'delete-iam-role', id, () => roles.delete(id));
    },
  };
}

/** Better refused than guessed at. */
function expectClear(policy: Policy): void {
  const unclear = unclearExpression(policy);
  if (unclear === undefined) return;
  throw new Refusal('invalid', `Expression is not understood by the sandbox: ${unclear}`);
}
