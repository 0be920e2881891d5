import type { Cloud } from '../model/cloud.ts';
import type { Fields } from './fields.ts';

export interface ApiCall {
  readonly cloud: Cloud;
  readonly zone: string;
  readonly endpoints: Endpoints;
  /** Who calls; '' where nobody has to say. */
  readonly key: string;
  /** Value of a `{name}` in the pattern, decoded. */
  readonly parameter: (name: string) => string;
  readonly query: URLSearchParams;
  readonly body: Fields;
}

export interface Endpoints {
  /** Where a zone's API is reached, with `/v2` and without a slash at the end. */
  readonly endpointFor: (zone: string) => string;
  /** Where a zone's object store is reached. */
  readonly sosEndpointFor: (zone: string) => string;
  /** What lies in the object store, which is a server of its own. @default nothing */
  readonly buckets?: (() => readonly StoredBucket[]) | undefined;
}

export interface StoredBucket {
  readonly name: string;
  readonly zone: string;
  readonly createdAt: Date;
  readonly objects: ReadonlyMap<string, { readonly sizeBytes: number }>;
}

export interface Route {
  readonly method: string;
  /** Behind `/v2`: `/instance-pool/{id}:scale`. */
  readonly pattern: string;
  /** The API's own name for the call, which policies use. */
  readonly operation: string;
  readonly service: 'compute' | 'iam' | 'sos';
  /** Needs no signature. */
  readonly isPublic?: true;
  /** Returns what is answered with status 200. */
  readonly handle: (call: ApiCall) => unknown;
}

/** `place` is method and pattern: `PUT /instance-pool/{id}:scale`. */
export function compute(place: string, operation: string, handle: Route['handle']): Route {
  const [method = '', pattern = ''] = place.split(' ');
  return { method, pattern, operation, service: 'compute', handle };
}

export function iam(place: string, operation: string, handle: Route['handle']): Route {
  return { ...compute(place, operation, handle), service: 'iam' };
}

export function sos(place: string, operation: string, handle: Route['handle']): Route {
  return { ...compute(place, operation, handle), service: 'sos' };
}

export interface RouteMatch {
  readonly route: Route;
  readonly parameters: Readonly<Record<string, string>>;
}

export interface Router {
  /** `allowed` names the methods that this path has, when it is not the one that was asked for. */
  find(method: string, path: string): RouteMatch | { readonly allowed: readonly string[] };
}

export function createRouter(routes: readonly Route[]): Router {
  const compiled = routes.map((route) => ({ route, matcher: compile(route.pattern) }));
  return {
    find(method, path) {
      const allowed: string[] = [];
      for (const { route, matcher } of compiled) {
        const match = matcher.exec(path);
        if (match === null) continue;
        if (route.method === method) return { route, parameters: { ...match.groups } };
        allowed.push(route.method);
      }
      return { allowed };
    },
  };
}

/** A parameter holds no slash; one that is not a name holds no colon either, since that starts a verb. */
function compile(pattern: string): RegExp {
  const source = pattern.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    name === 'name' ? `(?<${name}>[^/]+)` : `(?<${name}>[^/:]+)`,
  );
  return new RegExp(`^${source}$`);
}
