import type { Context } from './context.ts';
import type { Operation, Operations } from './operations.ts';
import { notFound, Refusal } from './refusal.ts';

export interface AntiAffinityGroup {
  readonly id: string;
  readonly name: string;
  readonly description: string;
}

/** Groups of instances that never share a host. */
export interface AntiAffinityGroups {
  list(): readonly AntiAffinityGroup[];
  get(id: string): AntiAffinityGroup;
  create(zone: string, name: string, description: string): Operation;
  delete(zone: string, id: string): Operation;
  /** How many more instances find a host, in the fullest of these groups. */
  room(ids: readonly string[]): number;
}

export interface AntiAffinityParts {
  readonly context: Context;
  readonly operations: Operations;
  /** What each member of a group needs one of. */
  readonly hosts: number;
  /** How many instances are in the group. */
  readonly countMembers: (id: string) => number;
  /** By a pool that has no member yet, too. */
  readonly isUsed: (id: string) => boolean;
}

export function createAntiAffinityGroups(parts: AntiAffinityParts): AntiAffinityGroups {
  const { context, operations, hosts, countMembers } = parts;
  const records = new Map<string, AntiAffinityGroup>();

  function get(id: string): AntiAffinityGroup {
    const group = records.get(id);
    if (group === undefined) throw notFound('Anti-affinity group', id);
    return group;
  }

  function run(zone: string, command: string, id: string, apply: () => void): Operation {
    const subject = { zone, command, referenceId: id, link: `/v2/anti-affinity-group/${id}` };
    return operations.run(subject, {
      apply(running) {
        apply();
        running.succeed();
      },
    });
  }

  return {
    list: () => [...records.values()],
    get,
    create(zone, name, description) {
      if ([...records.values()].some((group) => group.name === name)) {
        throw new Refusal('conflict', `Anti-affinity group "${name}" already exists`);
      }
      const id = context.newId('anti-affinity-group');
      records.set(id, { id, name, description });
      return run(zone, 'create-anti-affinity-group', id, () => {});
    },
    delete(zone, id) {
      const { name } = get(id);
      if (parts.isUsed(id))
        throw new Refusal('conflict', `Anti-affinity group "${name}" is in use`);
      return run(zone, 'delete-anti-affinity-group', id, () => void records.delete(id));
    },
    room: (ids) => Math.max(0, Math.min(...ids.map((id) => hosts - countMembers(id)), Infinity)),
  };
}
