import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const cache = fileURLToPath(new URL('../../../node_modules/.cache/exoship-go/', import.meta.url));
const hostSource = fileURLToPath(new URL('./vault-plugin/host/', import.meta.url));

/** What Go builds for this lane, as Go names it. */
export const goPrograms = {
  exo: { module: 'github.com/exoscale/cli@v1.97.0', binary: 'cli' },
  vaultPlugin: {
    module:
      'github.com/exoscale/vault-plugin-secrets-exoscale/cmd/vault-plugin-secrets-exoscale@v0.4.3',
    binary: 'vault-plugin-secrets-exoscale',
  },
} as const;

export type Built =
  | { readonly file: string }
  /** The last thing that Go said. */
  | { readonly problem: string };

/** On a machine whose other work should not notice; the first build of `exo` takes minutes. */
const buildDeadlineMs = 600_000;

/** Builds a program from its published module, once; it stays in a cache folder of this checkout. */
export async function installGoProgram(
  { module, binary }: (typeof goPrograms)[keyof typeof goPrograms],
  signal: AbortSignal,
): Promise<Built> {
  const file = join(cache, 'bin', binary);
  if (existsSync(file)) return { file };
  return await go(['install', module], cache, file, signal);
}

/** Our stand-in for Vault, from its source in this folder. */
export async function buildPluginHost(signal: AbortSignal): Promise<Built> {
  const file = join(cache, 'bin', 'vault-plugin-host');
  return await go(['build', '-trimpath', '-o', file, '.'], hostSource, file, signal);
}

async function go(
  args: readonly string[],
  cwd: string,
  file: string,
  signal: AbortSignal,
): Promise<Built> {
  await mkdir(cache, { recursive: true });
  const env = {
    GOPATH: join(cache, 'path'),
    GOMODCACHE: join(cache, 'mod'),
    GOCACHE: join(cache, 'build'),
    GOBIN: join(cache, 'bin'),
    GOFLAGS: '-modcacherw -buildvcs=false',
    GOTOOLCHAIN: 'local',
    CGO_ENABLED: '0',
  };
  const { exitCode, stderr } = await execa('nice', ['-n', '19', 'go', ...args], {
    cwd,
    env,
    reject: false,
    timeout: buildDeadlineMs,
    cancelSignal: signal,
  });
  signal.throwIfAborted();
  if (exitCode === 0) return { file };
  const said = stderr.trim().split('\n').at(-1) ?? '';
  return { problem: `go ${args[0]} failed: ${said.trim() || 'it said nothing'}` };
}
