import type { ApiKeyProvider, Credentials, KeyHold, ReplaceableKey } from '@exoship/exo-runner';

/** What an API client needs: the key that is good now, and to be seen using it. */
export interface JobKeys {
  readonly credentials: () => Promise<Credentials>;
  readonly fetch: typeof globalThis.fetch;
}

/**
 * Holds a key from when a request is signed with it until that request is done, so that a key which is replaced is not
 * revoked under it. Which key a request uses is read from its signature.
 */
export function holdPerRequest<Key extends ReplaceableKey>(
  provider: ApiKeyProvider<Key>,
  fetch: typeof globalThis.fetch,
): JobKeys {
  const held = new Map<string, KeyHold<Key>[]>();
  return {
    async credentials() {
      const hold = await provider.hold();
      const { key } = hold.key;
      held.set(key, [...(held.get(key) ?? []), hold]);
      return { key, secret: hold.key.secret };
    },
    async fetch(input, init) {
      const key = signingKey(init?.headers);
      try {
        return await fetch(input, init);
      } finally {
        held.get(key)?.shift()?.release();
      }
    },
  };
}

/** `EXO2-HMAC-SHA256 credential=KEY,…` for the API, `AWS4-HMAC-SHA256 Credential=KEY/…` for the object store. */
function signingKey(headers: RequestInit['headers']): string {
  const authorization = new Headers(headers ?? {}).get('authorization') ?? '';
  return /\bcredential=([\w-]+)/i.exec(authorization)?.[1] ?? '';
}
