/** One call of API v2. */
export interface ApiCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** As documented, with placeholders: `/instance-pool/{id}:scale`. Errors name the call by this. */
  readonly path: string;
  /** Values of the placeholders, unescaped. */
  readonly params?: Readonly<Record<string, string>> | undefined;
  readonly query?: Readonly<Record<string, string | undefined>> | undefined;
  /** Sent as JSON. */
  readonly body?: unknown;
  /**
   * The call may be sent again although the first one may have had its effect: it is absolute, or names its victim.
   * @default true for GET, else false
   */
  readonly isRepeatable?: boolean | undefined;
}

export function callName(call: ApiCall): string {
  return `${call.method} ${call.path}`;
}

export function isRepeatable(call: ApiCall): boolean {
  return call.isRepeatable ?? call.method === 'GET';
}

/** Where the call goes; throws a TypeError when a value cannot be one path segment. */
export function callUrl(endpoint: string, call: ApiCall): URL {
  const path = call.path.replace(/\{([\w-]+)\}/g, (_, name: string) => {
    const value = call.params?.[name];
    // A dot segment would survive escaping and then be resolved away, which makes another call of this one.
    if (value === undefined || /^\.{0,2}$/.test(value)) {
      throw new TypeError(`Cannot call "${callName(call)}": "${value ?? ''}" is no {${name}}`);
    }
    return encodeURIComponent(value);
  });
  const url = new URL(`${endpoint}${path}`);
  for (const [name, value] of Object.entries(call.query ?? {})) {
    if (value !== undefined) url.searchParams.set(name, value);
  }
  return url;
}
