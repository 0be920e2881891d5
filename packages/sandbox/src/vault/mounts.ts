import type { Outcome, RoutedCall } from './call.ts';
import { toSeconds } from './durations.ts';
import { badRequest } from './refusal.ts';
import type { Mount, Route } from './router.ts';
import type { TtlLimits } from './ttl.ts';

/** Makes the endpoints of a backend of some type; `limits` stay true when the mount is tuned. */
export type BackendFactory = (limits: TtlLimits) => readonly Route[];

/** What is mounted where. */
export interface Mounts {
  all(): Iterable<Mount>;
  limitsAt(path: string): TtlLimits;
  /** Mounts what nobody else can mount again: `sys/`, `auth/token/`. */
  add(path: string, type: string, factory: BackendFactory): void;
  /** Mounts a backend of a known type; refused when the path is taken. */
  enable(path: string, type: string): void;
  /** `sys/mounts` and `sys/auth`. */
  readonly routes: readonly Route[];
}

interface TunedMount extends Mount {
  readonly limits: { defaultTtlMs: number; maxTtlMs: number };
}

export function createMounts(
  limits: TtlLimits,
  factories: Readonly<Record<string, BackendFactory>>,
): Mounts {
  const mounts = new Map<string, TunedMount>();
  const add: Mounts['add'] = (path, type, factory) => {
    const own = { ...limits };
    mounts.set(path, { path, type, limits: own, routes: factory(own) });
  };
  const enable = (path: string, type: string): void => {
    const factory = factories[type];
    if (factory === undefined) throw badRequest(`plugin not found in the catalog: ${type}`);
    const isTaken = [...mounts.keys()].some(
      (taken) => taken.startsWith(path) || path.startsWith(taken),
    );
    if (isTaken) throw badRequest(`path is already in use at ${path.replace(/^auth\//, '')}`);
    add(path, type, factory);
  };
  const isAuth = (path: string): boolean => path.startsWith('auth/');

  const table = (kind: 'mounts' | 'auth'): Record<string, unknown> => {
    const own = [...mounts.values()].filter((mount) => isAuth(mount.path) === (kind === 'auth'));
    return Object.fromEntries(
      own.map((mount) => [mount.path.replace(/^auth\//, ''), describeMount(mount)]),
    );
  };
  const fullPath = (kind: 'mounts' | 'auth', name: string): string =>
    `${kind === 'auth' ? 'auth/' : ''}${name.replace(/\/$/, '')}/`;
  const readOrTune = (call: RoutedCall, path: string): Outcome | undefined => {
    const mount = mounts.get(path);
    if (mount === undefined) throw badRequest(`no mount at ${path}`);
    if (call.operation === 'read') return { data: showLimits(mount) };
    if (call.fields.has('default_lease_ttl')) {
      mount.limits.defaultTtlMs = call.fields.durationMs('default_lease_ttl');
    }
    if (call.fields.has('max_lease_ttl')) {
      mount.limits.maxTtlMs = call.fields.durationMs('max_lease_ttl');
    }
    return undefined;
  };
  const routesOf = (kind: 'mounts' | 'auth'): readonly Route[] => [
    {
      operations: ['read'],
      pattern: kind,
      run: () => ({ data: table(kind), topLevel: table(kind) }),
    },
    {
      operations: ['read', 'update'],
      pattern: `${kind}/*name`,
      needsSudo: kind === 'auth',
      run(call) {
        const path = fullPath(kind, (call.parameters.name ?? '').replace(/\/tune$/, ''));
        const isNew = call.operation === 'update' && !call.path.endsWith('/tune');
        if (!isNew) return readOrTune(call, path);
        enable(path, call.fields.string('type'));
        return undefined;
      },
    },
  ];

  return {
    all: () => mounts.values(),
    limitsAt: (path) => mounts.get(path)?.limits ?? limits,
    add,
    enable,
    routes: [...routesOf('mounts'), ...routesOf('auth')],
  };
}

const showLimits = (mount: TunedMount): Record<string, unknown> => ({
  default_lease_ttl: toSeconds(mount.limits.defaultTtlMs),
  max_lease_ttl: toSeconds(mount.limits.maxTtlMs),
});

const describeMount = (mount: TunedMount): Record<string, unknown> => ({
  type: mount.type,
  description: '',
  local: false,
  seal_wrap: false,
  config: showLimits(mount),
});
