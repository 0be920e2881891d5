/** An API key as Exoscale lists it. */
export interface ListedKey {
  readonly key: string;
  readonly name: string;
}

/** What a listing holds; anything that is no key is left out. */
export function readKeys(answer: unknown): readonly ListedKey[] {
  const list = isRecord(answer) ? answer['api-keys'] : undefined;
  if (!Array.isArray(list)) return [];
  return list
    .filter(isRecord)
    .map(({ key, name }) => ({ key: asText(key), name: asText(name) }))
    .filter(({ key }) => key !== '');
}

/**
 * When Vault's plugin made a key: its names are `vault-…-<nanoseconds since 1970>`. `undefined` for keys that somebody
 * else made, which are none of our business.
 */
export function madeAt({ name }: ListedKey): Date | undefined {
  const [, nanoseconds] = /^vault-.+-(\d{18,19})$/.exec(name) ?? [];
  return nanoseconds === undefined ? undefined : new Date(Number(nanoseconds) / 1e6);
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
