import { join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

const INHERITED: ReadonlySet<string> = new Set([
  'PATH',
  'LANG',
  'TZ',
  'TERM',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'PACKER_PLUGIN_PATH',
]);

/** The part of the ambient environment that Packer may see: nothing gets in by accident. */
export function pickEnvironment(
  env: Environment,
  inherit: readonly string[],
): Record<string, string> {
  const picked: Record<string, string> = { CHECKPOINT_DISABLE: '1' };
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined) continue;
    if (INHERITED.has(name) || name.startsWith('LC_') || inherit.includes(name)) {
      picked[name] = value;
    }
  }
  return picked;
}

/** Everything that Packer writes besides the template's own output goes into the private folder. */
export function buildEnvironment(
  env: Environment,
  inherit: readonly string[],
  folders: { readonly temporary: string; readonly cache: string; readonly home: string },
): Record<string, string> {
  return {
    // Packer's home is replaced below; its plugins live in the real one.
    ...(env.HOME !== undefined && { PACKER_PLUGIN_PATH: join(env.HOME, '.config/packer/plugins') }),
    ...pickEnvironment(env, inherit),
    TMPDIR: folders.temporary,
    PACKER_CACHE_DIR: folders.cache,
    HOME: folders.home,
  };
}
