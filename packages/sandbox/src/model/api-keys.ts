import type { Context } from './context.ts';
import { notFound } from './refusal.ts';

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

export interface ApiKeys {
  createKey(name: string, roleId: string): { readonly key: string; readonly secret: string };
  /** `false` when no such key exists (any more). */
  deleteKey(key: string): boolean;
  listKeys(): readonly ApiKeyRecord[];
  getKey(key: string): ApiKeyRecord;
  countKeys(): KeyCounts;
}

/** Keys and their secrets; the secrets go into `secrets`, which is all that ever reads them. */
export function createApiKeys(context: Context, secrets: Map<string, string>): ApiKeys {
  const keys = new Map<string, ApiKeyRecord>();
  let minted = 0;

  return {
    createKey(name, roleId) {
      minted += 1;
      const entity = `api-key ${minted}`;
      const key = `EXO${context.drawBytes(entity, 'key').toString('hex').slice(0, 24)}`;
      const secret = context.drawBytes(entity, 'secret').toString('base64url');
      keys.set(key, { key, name, roleId });
      secrets.set(key, secret);
      context.emit({ type: 'key-created', key, name, roleId });
      return { key, secret };
    },
    deleteKey(key) {
      const record = keys.get(key);
      if (record === undefined) return false;
      keys.delete(key);
      secrets.delete(key);
      context.emit({ type: 'key-deleted', ...record });
      return true;
    },
    listKeys: () => [...keys.values()],
    getKey(key) {
      const record = keys.get(key);
      if (record === undefined) throw notFound('API key', key);
      return record;
    },
    countKeys: () => ({ minted, revoked: minted - keys.size, live: keys.size }),
  };
}
