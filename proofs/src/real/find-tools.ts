import { execa } from 'execa';
import { type Built, goPrograms, installGoProgram } from './go-programs.ts';

export interface FoundTool {
  readonly name: string;
  /** `undefined` when it is missing. */
  readonly file: string | undefined;
  /** Its version, or why it is missing. */
  readonly detail: string;
}

export type ToolName =
  | 'go'
  | 'exo'
  | 'vault plugin'
  | 'vault'
  | 'bao'
  | 'packer'
  | 'packer plugin'
  | 'qemu-system-x86_64'
  | 'chromium';

export type FoundTools = Readonly<Record<ToolName, FoundTool>>;

/** exo 1.97 needs it. */
const oldestGo = [1, 26, 5] as const;

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Looks for the real parts: where `REAL_EXO`, `REAL_VAULT`, `REAL_VAULT_PLUGIN`, `REAL_PACKER` and `REAL_PACKER_PLUGIN`
 * say, on the PATH, else built by Go.
 */
export async function findTools(env: Env, signal: AbortSignal): Promise<FoundTools> {
  const go = await findGo();
  const viaGo = (program: keyof typeof goPrograms): Promise<Built> =>
    go.file === undefined
      ? Promise.resolve({ problem: 'not on the PATH, and no Go to build it' })
      : installGoProgram(goPrograms[program], signal);
  const packer = await at('packer', env.REAL_PACKER || 'packer', ['version']);
  // One after the other: each of these builds takes all that the machine has.
  const exo = await findExo(env, () => viaGo('exo'));
  const plugin = await findPlugin(env, () => viaGo('vaultPlugin'));
  return {
    go,
    exo,
    'vault plugin': plugin,
    vault: await at('vault', env.REAL_VAULT || 'vault', ['version']),
    bao: await onPath('bao', ['version']),
    packer,
    'packer plugin': await findPackerPlugin(env, packer),
    'qemu-system-x86_64': await onPath('qemu-system-x86_64', ['--version']),
    chromium: await onPath('chromium', ['--version']),
  };
}

async function findGo(): Promise<FoundTool> {
  const go = await onPath('go', ['version']);
  const version = /go(\d+)\.(\d+)(?:\.(\d+))?/.exec(go.detail)?.slice(1).map(Number) ?? [];
  if (go.file === undefined || isAtLeast(version, oldestGo)) return go;
  return { ...go, file: undefined, detail: `${go.detail} is older than ${oldestGo.join('.')}` };
}

function isAtLeast(version: readonly number[], wanted: readonly number[]): boolean {
  for (const [index, least] of wanted.entries()) {
    const part = version[index] ?? 0;
    if (part !== least) return part > least;
  }
  return true;
}

async function findExo(env: Env, build: () => Promise<Built>): Promise<FoundTool> {
  const ask = ['version'];
  if (env.REAL_EXO) return await at('exo', env.REAL_EXO, ask);
  const found = await onPath('exo', ask);
  if (found.file !== undefined) return found;
  const built = await build();
  return 'file' in built
    ? await at('exo', built.file, ask)
    : { name: 'exo', file: undefined, detail: built.problem };
}

/** It answers nobody but Vault; Go wrote its version into it. */
async function findPlugin(env: Env, build: () => Promise<Built>): Promise<FoundTool> {
  const name = 'vault plugin';
  const built = env.REAL_VAULT_PLUGIN ? { file: env.REAL_VAULT_PLUGIN } : await build();
  if ('problem' in built) return { name, file: undefined, detail: built.problem };
  const { stdout } = await execa('go', ['version', '-m', built.file], { reject: false });
  const version = /^\s*mod\s+\S+\s+(\S+)/m.exec(stdout ?? '')?.[1];
  return { name, file: built.file, detail: version ?? 'of an unknown version' };
}

async function findPackerPlugin(env: Env, { file }: FoundTool): Promise<FoundTool> {
  const name = 'packer plugin';
  if (file === undefined) return { name, file, detail: 'there is no packer' };
  const { exitCode, stdout } = await execa(file, ['plugins', 'installed'], { reject: false });
  if (exitCode !== 0) {
    return {
      name,
      file: undefined,
      detail:
        'this Packer is older than 1.7: it takes no plugins, and its own exoscale-import speaks API v1',
    };
  }
  const installed = stdout.split('\n').find((line) => line.includes('packer-plugin-exoscale'));
  const plugin = await at(name, env.REAL_PACKER_PLUGIN || installed || name, ['describe']);
  const version = /"version":"([^"]+)"/.exec(plugin.detail)?.[1] ?? plugin.detail;
  const isMissing = plugin.file === undefined;
  return { ...plugin, detail: isMissing ? 'not installed: set REAL_PACKER_PLUGIN' : version };
}

async function onPath(name: string, ask: readonly string[]): Promise<FoundTool> {
  return await at(name, name, ask);
}

async function at(name: string, file: string, ask: readonly string[]): Promise<FoundTool> {
  const { exitCode, stdout, code } = await execa(file, ask, { reject: false, stdin: 'ignore' });
  if (exitCode === 0) return { name, file, detail: stdout.split('\n')[0]?.trim() ?? '' };
  const why = code === 'ENOENT' ? 'not on the PATH' : `${file} ${ask[0]} ended with ${exitCode}`;
  return { name, file: undefined, detail: why };
}
