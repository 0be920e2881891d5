import { parseLameDuck, parsePort, type Release } from './release.ts';

export interface Settings {
  readonly host: string;
  readonly port: number;
  readonly lameDuckMs: number;
  /** Tells one machine from another in `x-hello-instance`. */
  readonly instance: string;
}

/**
 * Settings from the environment: `HOST` (default `0.0.0.0`, as a machine behind a load balancer needs), `PORT` and
 * `LAME_DUCK_MS` (default: as baked in) and `HELLO_INSTANCE`. An empty variable counts as unset.
 *
 * @throws RangeError for a number that cannot be used.
 */
export function readSettings(
  env: Readonly<Record<string, string | undefined>>,
  { baked, hostname }: { readonly baked: Release; readonly hostname: string },
): Settings {
  const host = env.HOST || '0.0.0.0';
  return {
    host,
    port: parsePort(env.PORT || baked.port),
    lameDuckMs: parseLameDuck(env.LAME_DUCK_MS || baked.lameDuckMs),
    // Servers that share a machine differ by address; alone on a machine, only the host name says anything.
    instance: env.HELLO_INSTANCE || (isWildcard(host) ? hostname : host),
  };
}

function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}
