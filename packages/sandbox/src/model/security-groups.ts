import type { Context } from './context.ts';
import type { Operation, Operations } from './operations.ts';
import { notFound, Refusal } from './refusal.ts';

export interface SecurityRule {
  readonly id: string;
  readonly direction: 'ingress' | 'egress';
  readonly protocol: string;
  readonly description?: string | undefined;
  readonly network?: string | undefined;
  readonly securityGroupId?: string | undefined;
  readonly startPort?: number | undefined;
  readonly endPort?: number | undefined;
}

export interface SecurityGroup {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly rules: readonly SecurityRule[];
}

/** Kept and shown; nothing in the sandbox filters packets by them. */
export interface SecurityGroups {
  list(): readonly SecurityGroup[];
  get(id: string): SecurityGroup;
  create(zone: string, name: string, description: string): Operation;
  delete(zone: string, id: string): Operation;
  addRule(zone: string, id: string, rule: Omit<SecurityRule, 'id'>): Operation;
  deleteRule(zone: string, id: string, ruleId: string): Operation;
}

export function createSecurityGroups(
  context: Context,
  operations: Operations,
  isUsed: (id: string) => boolean,
): SecurityGroups {
  const records = new Map<string, SecurityGroup>();

  function get(id: string): SecurityGroup {
    const group = records.get(id);
    if (group === undefined) throw notFound('Security group', id);
    return group;
  }

  function keep(group: Omit<SecurityGroup, 'id'>): string {
    const id = context.newId('security-group');
    records.set(id, { ...group, id });
    return id;
  }

  function run(zone: string, command: string, id: string, apply: () => void): Operation {
    const subject = { zone, command, referenceId: id, link: `/v2/security-group/${id}` };
    return operations.run(subject, {
      apply(running) {
        apply();
        running.succeed();
      },
    });
  }

  function setRules(id: string, change: (rules: readonly SecurityRule[]) => SecurityRule[]): void {
    const group = records.get(id);
    if (group !== undefined) records.set(id, { ...group, rules: change(group.rules) });
  }

  keep({ name: 'default', description: 'Default Security Group', rules: [] });
  return {
    list: () => [...records.values()],
    get,
    create(zone, name, description) {
      if ([...records.values()].some((group) => group.name === name)) {
        throw new Refusal('conflict', `Security group "${name}" already exists`);
      }
      const id = keep({ name, description, rules: [] });
      return run(zone, 'create-security-group', id, () => {});
    },
    delete(zone, id) {
      const { name } = get(id);
      if (isUsed(id)) throw new Refusal('conflict', `Security group "${name}" is in use`);
      return run(zone, 'delete-security-group', id, () => void records.delete(id));
    },
    addRule(zone, id, rule) {
      get(id);
      const ruleId = context.newId('security-group-rule');
      return run(zone, 'add-rule-to-security-group', id, () =>
        setRules(id, (rules) => [...rules, { ...rule, id: ruleId }]),
      );
    },
    deleteRule(zone, id, ruleId) {
      if (get(id).rules.every((rule) => rule.id !== ruleId)) throw notFound('Rule', ruleId);
      return run(zone, 'delete-rule-from-security-group', id, () =>
        setRules(id, (rules) => rules.filter((rule) => rule.id !== ruleId)),
      );
    },
  };
}
