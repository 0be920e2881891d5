import { encodeUserData } from './wire.ts';

/** What an update may set. Size is not among it: see `scale`. Members that exist keep what they were created with. */
export interface PoolChanges {
  readonly templateId?: string | undefined;
  readonly instanceTypeId?: string | undefined;
  /** Replaces all labels. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly minAvailable?: number | undefined;
  /** Cloud-init, as plain text. */
  readonly userData?: string | undefined;
}

export type RawPool = Readonly<Record<string, unknown>>;

/** Left out of an update, these are cleared; so does Exoscale's own client send them every time. */
const clearedWhenLeftOut = [
  'anti-affinity-groups',
  'deploy-target',
  'elastic-ips',
  'private-networks',
  'security-groups',
  'ssh-key',
  'ssh-keys',
] as const;

/** Nullable as well; nothing documents what leaving them out does, so that what is set is sent again. */
const perhapsClearedWhenLeftOut = ['instance-prefix', 'min-available', 'user-data'] as const;

/** Change without our doing: by the pool's own work, or by somebody else's `scale`. */
const volatile = new Set(['state', 'instances', 'size']);

/** The body of the PUT: the changes, and every field that would be lost if it were left out. */
export function updateBody(current: RawPool, changes: PoolChanges): RawPool {
  const body: Record<string, unknown> = {};
  for (const name of clearedWhenLeftOut) body[name] = references(current[name], name);
  for (const name of perhapsClearedWhenLeftOut) {
    if (!isEmpty(current[name])) body[name] = current[name];
  }
  return { ...body, ...wireChanges(changes) };
}

/** Names of fields that are now neither as they were nor as asked. Names only: a value may be user data. */
export function unexpectedChanges(before: RawPool, after: RawPool, changes: PoolChanges): string[] {
  const wanted = { ...before, ...wireChanges(changes) };
  return [...new Set([...Object.keys(wanted), ...Object.keys(after)])]
    .filter((name) => !volatile.has(name))
    .filter((name) => canonical(name, wanted[name]) !== canonical(name, after[name]))
    .sort();
}

function wireChanges(changes: PoolChanges): RawPool {
  return {
    ...(changes.templateId !== undefined && { template: { id: changes.templateId } }),
    ...(changes.instanceTypeId !== undefined && {
      'instance-type': { id: changes.instanceTypeId },
    }),
    ...(changes.labels !== undefined && { labels: changes.labels }),
    ...(changes.minAvailable !== undefined && { 'min-available': changes.minAvailable }),
    ...(changes.userData !== undefined && { 'user-data': encodeUserData(changes.userData) }),
  };
}

function references(value: unknown, name: string): unknown {
  if (Array.isArray(value)) return value.map(reference);
  if (!isEmpty(value)) return reference(value);
  return name.endsWith('s') ? [] : null;
}

/** `{ id }`, or `{ name }` where there is no id: an answer may hold the whole object. */
function reference(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if ('id' in value) return { id: value.id };
  return 'name' in value ? { name: value.name } : value;
}

/** The same text for values that mean the same: references in any order and detail, absent as empty. */
function canonical(name: string, value: unknown): string {
  if (isEmpty(value)) return '';
  if (Array.isArray(value))
    return JSON.stringify(value.map((item) => JSON.stringify(reference(item))).sort());
  if (typeof value !== 'object') return JSON.stringify(value);
  // Labels are the one map whose keys are the user's: "id" among them is no reference.
  return name === 'labels'
    ? JSON.stringify(Object.entries(value ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)))
    : JSON.stringify(reference(value));
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
