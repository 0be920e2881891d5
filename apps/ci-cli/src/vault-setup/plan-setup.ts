import type { VaultConnection } from '@exoship/vault-approle';
import type { Desired } from './desired-state.ts';

export interface PlannedChange {
  readonly desired: Desired;
  readonly kind: 'create' | 'update' | 'same';
  /** Fields that differ. */
  readonly differs: readonly string[];
}

/** Compares what should be with what Vault holds; changes nothing. */
export async function planSetup(
  vault: Pick<VaultConnection, 'read'>,
  desired: readonly Desired[],
  signal: AbortSignal,
): Promise<readonly PlannedChange[]> {
  const changes: PlannedChange[] = [];
  for (const one of desired) changes.push(compare(one, await readState(vault, one, signal)));
  return changes;
}

type State = Readonly<Record<string, unknown>>;

async function readState(
  vault: Pick<VaultConnection, 'read'>,
  { path, mountedIn }: Desired,
  signal: AbortSignal,
): Promise<State | undefined> {
  if (mountedIn === undefined) return await vault.read(path, { signal });
  const table = await vault.read(mountedIn, { signal });
  return table?.[`${path.slice(mountedIn.length + 1)}/`] as State | undefined;
}

/** Pure; what Vault tells beside what is wanted does not matter. */
export function compare(desired: Desired, state: State | undefined): PlannedChange {
  if (state === undefined) {
    return { desired, kind: 'create', differs: Object.keys(desired.body) };
  }
  const differs = Object.entries(desired.body)
    .filter(([field, wanted]) => !isSame(wanted, state[desired.toldAs?.[field] ?? field]))
    .map(([field]) => field);
  return { desired, kind: differs.length === 0 ? 'same' : 'update', differs };
}

function isSame(wanted: unknown, actual: unknown): boolean {
  if (typeof wanted === 'string' && typeof actual === 'string') {
    return wanted.trim() === actual.trim();
  }
  if (Array.isArray(wanted) && Array.isArray(actual)) {
    const others = new Set<unknown>(actual);
    return wanted.length === actual.length && wanted.every((one) => others.has(one));
  }
  if (isRecord(wanted) && isRecord(actual)) {
    const keys = new Set([...Object.keys(wanted), ...Object.keys(actual)]);
    return [...keys].every((key) => isSame(wanted[key], actual[key]));
  }
  return wanted === actual;
}

function isRecord(value: unknown): value is State {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
