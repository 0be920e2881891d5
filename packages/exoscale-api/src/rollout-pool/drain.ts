import { ExoscaleError } from '../exoscale-error.ts';
import { attemptHttp } from '../http-attempt.ts';
import type { Instances } from '../instances.ts';
import type { Member, PoolCallOptions } from './pool.ts';

/** How a member is made to fail its health check while it still accepts connections. */
export type Drain =
  /** ACPI power button: for an app that, told to end, keeps accepting until it has left the rotation. */
  | { readonly kind: 'stop' }
  /** A request to the member itself, which must answer 2xx. */
  | {
      readonly kind: 'http';
      readonly port: number;
      /** Starts with `/`. */
      readonly path: string;
      /** @default 'POST' */
      readonly method?: 'POST' | 'PUT' | 'DELETE' | 'GET' | undefined;
      /** @default 5_000 */
      readonly timeoutMs?: number | undefined;
    }
  | { readonly kind: 'none' };

export interface DrainParts {
  readonly instances: Pick<Instances, 'stop'>;
  readonly fetch: typeof globalThis.fetch;
}

/** Throws a TypeError or RangeError for a drain that could reach something else than the member. */
export function checkDrain(drain: Drain): void {
  if (drain.kind !== 'http') return;
  if (!drain.path.startsWith('/')) {
    throw new TypeError(`Path of the drain must start with "/": "${drain.path}"`);
  }
  if (!Number.isInteger(drain.port) || drain.port < 1 || drain.port > 65_535) {
    throw new RangeError(`Port of the drain must be 1 to 65535: ${drain.port}`);
  }
}

/** Starts the drain of one member; resolves when it is requested, not when it is over. */
export async function drainMember(
  drain: Drain,
  member: Member,
  parts: DrainParts,
  { signal }: PoolCallOptions = {},
): Promise<void> {
  if (drain.kind === 'stop') await parts.instances.stop(member.id, { signal, until: 'accepted' });
  if (drain.kind !== 'http') return;
  const { port, path, method = 'POST', timeoutMs = 5_000 } = drain;
  const call = `${method} {member}${path}`;
  if (member.address === undefined) throw undrained(call, `member "${member.id}" has no address`);
  const url = new URL(`http://${member.address}:${port}${path}`);
  const request = { call, isRepeatable: true, url, init: { method }, timeoutMs, signal };
  const { status } = await attemptHttp(parts.fetch, request);
  if (status < 200 || status > 299)
    throw undrained(call, `member "${member.id}" answered ${status}`, status);
}

function undrained(call: string, why: string, status?: number): ExoscaleError {
  return new ExoscaleError(`Cannot drain by "${call}": ${why}`, { code: 'invalid', call, status });
}
