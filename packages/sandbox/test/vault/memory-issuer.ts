import type { KeyIssuer } from '../../src/model/key-issuer.ts';

export interface MemoryIssuer extends KeyIssuer {
  readonly keys: Map<string, { readonly name: string; readonly roleId: string }>;
  /** The text of the next refusals; each call takes one. */
  readonly refusals: string[];
}

/** IAM with one role, `ci`, and a list of refusals to come. */
export function createMemoryIssuer(): MemoryIssuer {
  const keys: MemoryIssuer['keys'] = new Map();
  const refusals: string[] = [];
  let made = 0;
  const refuse = (): void => {
    const text = refusals.shift();
    if (text !== undefined) throw new TypeError(text);
  };

  return {
    keys,
    refusals,
    findRole: (nameOrId) =>
      ['ci', 'role-1'].includes(nameOrId) ? { id: 'role-1', name: 'ci' } : undefined,
    createKey(name, roleId) {
      refuse();
      made += 1;
      const key = `EXO${String(made).padStart(24, '0')}`;
      keys.set(key, { name, roleId });
      return { key, secret: 's'.repeat(43) };
    },
    deleteKey(key) {
      refuse();
      return keys.delete(key);
    },
  };
}
