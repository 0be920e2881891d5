import type { Outcome } from './call.ts';
import { toSeconds } from './durations.ts';
import type { Fields } from './fields.ts';
import { badRequest, unforeseen } from './refusal.ts';
import type { Route } from './router.ts';

/** The organization's key with which the engine makes and deletes the others. */
interface RootConfig {
  readonly key: string;
  readonly secret: string;
  readonly zone: string;
  readonly keyNamePrefix: string;
}

export interface ExoscaleConfig {
  /** Throws while nobody has written `config/root`. */
  requireRoot(): RootConfig;
  /** `config/root` and `config/lease`. */
  readonly routes: readonly Route[];
}

export function createExoscaleConfig(): ExoscaleConfig {
  let root: RootConfig | undefined;
  let lease = { ttlMs: 0, maxTtlMs: 0 };

  const requireRoot = (): RootConfig => {
    if (root !== undefined) return root;
    throw unforeseen(
      'Exoscale secret engine not configured\nhint: write the root API key to config/root',
    );
  };
  const writeRoot = (fields: Fields): Outcome => {
    root = readRoot(fields);
    return { data: showRoot(root), warnings: ['The root API secret is shown in clear'] };
  };
  const writeLease = (fields: Fields): undefined => {
    lease = { ttlMs: fields.durationMs('ttl'), maxTtlMs: fields.durationMs('max_ttl') };
  };
  const showLease = (): Outcome => ({
    data: { ttl: toSeconds(lease.ttlMs), max_ttl: toSeconds(lease.maxTtlMs) },
    warnings: ['This lease is for keys without an IAM role only'],
  });

  return {
    requireRoot,
    routes: [
      {
        operations: ['read'],
        pattern: 'config/root',
        run: () => ({ data: showRoot(requireRoot()) }),
      },
      {
        operations: ['update'],
        pattern: 'config/root',
        exists: () => root !== undefined,
        run: ({ fields }) => writeRoot(fields),
      },
      { operations: ['read'], pattern: 'config/lease', run: showLease },
      { operations: ['update'], pattern: 'config/lease', run: ({ fields }) => writeLease(fields) },
    ],
  };
}

function readRoot(fields: Fields): RootConfig {
  const config = {
    key: fields.string('root_api_key'),
    secret: fields.string('root_api_secret'),
    zone: fields.string('zone') || 'ch-gva-2',
    keyNamePrefix: fields.string('api_key_name_prefix'),
  };
  if (config.key === '' || config.secret === '') {
    throw badRequest('missing root API root_api_key or root_api_secret');
  }
  return config;
}

/** In clear, as the plugin does: nobody in a pipeline should be granted this path. */
const showRoot = (root: RootConfig): Record<string, unknown> => ({
  root_api_key: root.key,
  root_api_secret: root.secret,
  zone: root.zone,
  api_environment: 'api',
  api_key_name_prefix: root.keyNamePrefix,
});
