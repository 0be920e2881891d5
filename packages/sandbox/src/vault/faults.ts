import { type HttpRequest, type HttpResponse, json } from '../http/exchange.ts';
import type { KeyIssuer } from '../model/key-issuer.ts';
import { patternMatches } from './access-list.ts';
import { badRequest } from './refusal.ts';
import { healthBody } from './system-routes.ts';

/** What goes wrong with a request. `isLate` lets it take effect first: the reply is lost, not the deed. */
export type FaultEffect =
  | {
      readonly kind: 'status';
      readonly status: number;
      /** @default none */
      readonly errors?: readonly string[];
      /** `retry-after`, for one. */
      readonly headers?: Readonly<Record<string, string>>;
      readonly isLate?: boolean;
    }
  /** A standby that sends the caller elsewhere: 307 to this origin, path and query kept. */
  | { readonly kind: 'redirect'; readonly origin: string }
  | { readonly kind: 'sealed' }
  | { readonly kind: 'cut'; readonly at: 'before' | 'after' | 'body' }
  | { readonly kind: 'stall'; readonly isLate?: boolean }
  | { readonly kind: 'drip' }
  /** A captive proxy's page, half a JSON, … */
  | {
      readonly kind: 'content';
      readonly body: string;
      /** @default 200 */
      readonly status?: number;
      /** @default 'application/json' */
      readonly contentType?: string;
      readonly isLate?: boolean;
    };

interface RequestFault {
  /** @default any */
  readonly method?: string;
  /** As in a policy, without `/v1/`: `auth/+/login`, `sys/leases/*`. @default '*' */
  readonly path?: string;
  /** Matching requests that are let through first. @default 0 */
  readonly skip?: number;
  /** Matching requests that are hit. @default 1 */
  readonly times?: number;
  readonly effect: FaultEffect;
}

/** The cloud behind the Exoscale engine fails. */
interface BackendFault {
  readonly backend: 'create-key' | 'delete-key';
  readonly message: string;
  /** @default 0 */
  readonly skip?: number;
  /** @default 1 */
  readonly times?: number;
  /** The cloud did it and failed to say so: a key that no lease knows. */
  readonly isLate?: boolean;
}

export type VaultFault = RequestFault | BackendFault;

export interface Faults {
  /** Adds a fault; the result takes it away again. */
  inject(fault: VaultFault): () => void;
  /** Answers a request with its fault, if it has one. */
  disturb(request: HttpRequest, serve: () => HttpResponse): HttpResponse;
  /** The same issuer, with the backend faults in it. */
  disturbIssuer(issuer: KeyIssuer): KeyIssuer;
}

interface Armed<Fault> {
  readonly fault: Fault;
  seen: number;
}

export function createFaults(now: () => Date): Faults {
  const armed: Armed<VaultFault>[] = [];

  /** The first fault that wants this one; every fault that matches counts it. */
  const take = <Fault extends VaultFault>(
    matches: (fault: VaultFault) => fault is Fault,
  ): Fault | undefined => {
    let hit: Fault | undefined;
    for (const entry of armed) {
      const { fault } = entry;
      if (!matches(fault)) continue;
      const { skip = 0, times = 1 } = fault;
      entry.seen += 1;
      if (entry.seen > skip && entry.seen <= skip + times) hit ??= fault;
    }
    return hit;
  };
  const attempt = <T>(backend: BackendFault['backend'], act: () => T): T => {
    const fault = take(
      (candidate): candidate is BackendFault =>
        'backend' in candidate && candidate.backend === backend,
    );
    if (fault?.isLate) act();
    if (fault !== undefined) throw badRequest(fault.message);
    return act();
  };

  return {
    inject(fault) {
      for (const name of ['skip', 'times'] as const) {
        const count = fault[name] ?? 0;
        if (!(count >= 0)) throw new RangeError(`Fault's "${name}" must not be negative: ${count}`);
      }
      const entry = { fault, seen: 0 };
      armed.push(entry);
      return () => {
        const index = armed.indexOf(entry);
        if (index >= 0) armed.splice(index, 1);
      };
    },
    disturb(request, serve) {
      const fault = take((candidate): candidate is RequestFault => hits(candidate, request));
      return fault === undefined ? serve() : disturbed(fault.effect, request, serve, now());
    },
    disturbIssuer: (issuer) => ({
      findRole: (nameOrId) => issuer.findRole(nameOrId),
      createKey: (name, roleId) => attempt('create-key', () => issuer.createKey(name, roleId)),
      deleteKey: (key) => attempt('delete-key', () => issuer.deleteKey(key)),
    }),
  };
}

function hits(fault: VaultFault, request: HttpRequest): boolean {
  if ('backend' in fault) return false;
  const path = request.path.replace(/^\/v1\//, '');
  const isMethod = fault.method === undefined || fault.method === request.method;
  return isMethod && patternMatches(fault.path ?? '*', path);
}

function disturbed(
  effect: FaultEffect,
  request: HttpRequest,
  serve: () => HttpResponse,
  now: Date,
): HttpResponse {
  if ('isLate' in effect && effect.isLate) serve();
  const nothing = { status: 200, headers: {}, body: '' };
  switch (effect.kind) {
    case 'status':
      return json(effect.status, { errors: effect.errors ?? [] }, effect.headers);
    case 'redirect': {
      const query = request.query === '' ? '' : `?${request.query}`;
      return {
        ...nothing,
        status: 307,
        headers: { location: effect.origin + request.path + query },
      };
    }
    case 'sealed':
      return request.path === '/v1/sys/health'
        ? json(503, healthBody(now, { isSealed: true }))
        : json(503, { errors: ['Vault is sealed'] });
    case 'cut':
      if (effect.at === 'before') return { ...nothing, fault: 'cut-before' };
      return { ...serve(), fault: effect.at === 'after' ? 'cut-after' : 'cut-body' };
    case 'stall':
      return { ...nothing, fault: 'stall' };
    case 'drip':
      return { ...serve(), fault: 'drip' };
    case 'content':
      return {
        status: effect.status ?? 200,
        headers: { 'content-type': effect.contentType ?? 'application/json' },
        body: effect.body,
      };
  }
}
