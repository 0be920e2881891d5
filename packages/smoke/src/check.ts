/** One request and what a good answer to it looks like. Plain data: it may come from a JSON or YAML file. */
export interface HttpCheck {
  readonly kind: 'http';
  /** Shown in results. @default `GET /path` */
  readonly name?: string | undefined;
  /** Path and query, as sent; starts with `/`. */
  readonly path: string;
  /** @default 'GET' */
  readonly method?: string | undefined;
  /** Sent along; `Host` overrides the address that is connected to. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Status or statuses that pass; a redirect is never followed. @default any 2xx */
  readonly status?: number | readonly number[] | undefined;
  /** Text that the body must contain. */
  readonly contains?: string | undefined;
  /** Regular expression (source, flags `u`) that the body must match. */
  readonly matches?: string | undefined;
  /** Headers that the answer must carry, each containing the given text; names in any case. */
  readonly answerHeaders?: Readonly<Record<string, string>> | undefined;
}

/** The port accepts a connection. Says little: user-mode networks accept before anything listens behind them. */
export interface TcpCheck {
  readonly kind: 'tcp';
  /** @default 'tcp connect' */
  readonly name?: string | undefined;
}

export type Check = HttpCheck | TcpCheck;

const KNOWN_KEYS: Readonly<Record<Check['kind'], readonly string[]>> = {
  http: [
    'kind',
    'name',
    'path',
    'method',
    'headers',
    'status',
    'contains',
    'matches',
    'answerHeaders',
  ],
  tcp: ['kind', 'name'],
};

/** The name that results carry. */
export function nameOf(check: Check): string {
  if (check.name !== undefined) return check.name;
  return check.kind === 'tcp' ? 'tcp connect' : `${check.method ?? 'GET'} ${check.path}`;
}

/**
 * Checks come from files that people write, so they are looked at before anything is created.
 *
 * @throws TypeError naming the check and what is wrong with it.
 */
export function assertChecks(checks: readonly Check[]): void {
  if (!Array.isArray(checks)) throw new TypeError('"checks" must be a list');
  if (checks.length === 0) throw new TypeError('Cannot check nothing: "checks" is empty');
  for (const [index, check] of checks.entries()) {
    const fault = faultOf(check);
    if (fault !== undefined) throw new TypeError(`Cannot use "checks[${index}]": ${fault}`);
  }
}

function faultOf(check: Check): string | undefined {
  const knownKeys = KNOWN_KEYS[check.kind];
  if (knownKeys === undefined) return `kind "${String((check as Check).kind)}" is not known`;
  const unknownKey = Object.keys(check).find((key) => !knownKeys.includes(key));
  if (unknownKey !== undefined) return `key "${unknownKey}" is not known`;
  return check.kind === 'http' ? httpFaultOf(check) : undefined;
}

function httpFaultOf({ path, status, matches }: HttpCheck): string | undefined {
  if (typeof path !== 'string' || !path.startsWith('/')) return 'path must start with "/"';
  if (/[^\x21-\x7e]/.test(path)) return `path "${path}" must be percent-encoded`;
  for (const accepted of [status ?? []].flat()) {
    if (!Number.isInteger(accepted) || accepted < 100 || accepted > 599) {
      return `status ${String(accepted)} is not an HTTP status`;
    }
  }
  try {
    if (matches !== undefined) new RegExp(matches, 'u');
  } catch {
    return `matches "${matches}" is not a regular expression`;
  }
  return undefined;
}
