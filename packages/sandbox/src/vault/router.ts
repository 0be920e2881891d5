import type { Call, Operation, Outcome, RoutedCall } from './call.ts';
import { Refusal, unsupportedOperation, unsupportedPath } from './refusal.ts';

/** One endpoint of a backend. */
export interface Route {
  readonly operations: readonly Operation[];
  /** Relative to the mount: `role/:name/secret-id`; a last `*name` takes the rest of the path. */
  readonly pattern: string;
  readonly run: (call: RoutedCall) => Outcome | undefined;
  /** Needs no token. */
  readonly isPublic?: boolean;
  /** Needs `sudo` besides the capability. */
  readonly needsSudo?: boolean;
  /** A write to something that does not exist is `create`, which policies tell from `update`. */
  readonly exists?: (parameters: Readonly<Record<string, string>>) => boolean;
}

export interface Mount {
  /** Ends in `/`. */
  readonly path: string;
  readonly type: string;
  readonly routes: readonly Route[];
}

export interface Match {
  readonly mount: Mount;
  readonly route: Route;
  readonly operation: Operation;
  readonly parameters: Readonly<Record<string, string>>;
}

/** Why a call found no route: told only to those whom the policies allow to ask. */
export type Resolution = Match | Refusal;

export function resolveRoute(mounts: Iterable<Mount>, call: Call): Resolution {
  let mount: Mount | undefined;
  for (const candidate of mounts) {
    if (!call.path.startsWith(candidate.path)) continue;
    if (mount === undefined || candidate.path.length > mount.path.length) mount = candidate;
  }
  if (mount === undefined) {
    return new Refusal(404, `no handler for route "${call.path}". route entry not found.`);
  }
  const path = call.path.slice(mount.path.length);
  let isKnownPath = false;
  for (const route of mount.routes) {
    const parameters = matchPattern(route.pattern, path);
    if (parameters === undefined) continue;
    isKnownPath = true;
    const operation = distinguish(call.operation, route, parameters);
    if (serves(route, operation)) return { mount, route, operation, parameters };
  }
  return isKnownPath ? unsupportedOperation() : unsupportedPath();
}

const serves = (route: Route, operation: Operation): boolean =>
  route.operations.includes(operation === 'create' ? 'update' : operation);

function distinguish(
  operation: Operation,
  route: Route,
  parameters: Readonly<Record<string, string>>,
): Operation {
  if (operation !== 'update' || route.exists === undefined) return operation;
  return route.exists(parameters) ? 'update' : 'create';
}

/** The named parts of `path`, or `undefined` when it does not fit. A listing's last slash is not part of it. */
function matchPattern(pattern: string, path: string): Record<string, string> | undefined {
  const parameters: Record<string, string> = {};
  const wanted = pattern.split('/');
  const given = path.replace(/\/$/, '').split('/');
  for (const [index, part] of wanted.entries()) {
    const value = given[index];
    if (part.startsWith('*')) {
      parameters[part.slice(1)] = given.slice(index).join('/');
      return given.length > index ? parameters : undefined;
    }
    if (value === undefined || value === '') return undefined;
    if (part.startsWith(':')) parameters[part.slice(1)] = value;
    else if (part !== value) return undefined;
  }
  return given.length === wanted.length ? parameters : undefined;
}
