import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { arch, platform } from 'node:os';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import type { Tarball } from './pack-package.ts';

/** A folder of somebody who has installed the packages, under the oldest Node that they promise to work with. */
export interface Consumer {
  readonly folder: string;
  /** Runs a program there; the environment is exactly the one given, besides PATH and HOME. */
  run(argv: readonly [string, ...string[]], options: RunOptions): Promise<Run>;
  readonly path: string;
  readonly faults: readonly string[];
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

export interface Run {
  readonly exitCode: number;
  /** stdout and stderr as they came. */
  readonly output: string;
  readonly ms: number;
}

const RUN_DEADLINE_MS = 240_000;

/** Installs the tarballs with plain npm in `folder`, engines strictly minded, and Node itself beside them. */
export async function openConsumer(
  folder: string,
  tarballs: readonly Tarball[],
  nodeFloor: string,
  signal: AbortSignal,
): Promise<Consumer> {
  const nodeFolder = await installNode(join(folder, 'node'), nodeFloor, signal);
  const path = [nodeFolder, process.env.PATH].join(delimiter);
  const app = join(folder, 'app');
  await mkdir(app, { recursive: true });
  const dependencies = Object.fromEntries(tarballs.map(({ name, file }) => [name, `file:${file}`]));
  // Without the overrides, what ci-cli depends on would be looked for in a registry.
  const overrides = Object.fromEntries(tarballs.map(({ name }) => [name, `$${name}`]));
  const manifest = { private: true, type: 'module', dependencies, overrides };
  await writeFile(join(app, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  await npmInstall(app, ['--engine-strict'], { ...process.env, PATH: path }, signal);

  return {
    folder: app,
    path,
    faults: await registryFaults(app),
    run: async ([file, ...args], { env = {}, signal: runSignal }) => {
      const started = performance.now();
      const { exitCode, all } = await execa(file, args, {
        cwd: app,
        env: { PATH: path, HOME: app, ...env },
        extendEnv: false,
        reject: false,
        all: true,
        stdin: 'ignore',
        timeout: RUN_DEADLINE_MS,
        cancelSignal: runSignal,
      });
      runSignal.throwIfAborted();
      const ms = Math.round(performance.now() - started);
      return { exitCode: exitCode ?? 1, output: all, ms };
    },
  };
}

/** npm has Node as a package without install scripts, one for each platform. @returns the folder of its binary */
async function installNode(folder: string, version: string, signal: AbortSignal): Promise<string> {
  const name = `node-${platform()}-${arch()}`;
  await mkdir(folder, { recursive: true });
  const manifest = { private: true, dependencies: { [name]: version } };
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  await npmInstall(folder, [], process.env, signal);
  return join(folder, 'node_modules', name, 'bin');
}

async function npmInstall(
  cwd: string,
  flags: readonly string[],
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<void> {
  const args = ['install', '--no-audit', '--no-fund', '--prefer-offline', ...flags];
  await execa('npm', args, { cwd, env: withoutPnpm(env), extendEnv: false, cancelSignal: signal });
}

/** pnpm tells its scripts its own configuration in variables that npm would take for its own. */
function withoutPnpm(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = /^npm_config_(registry|cache|userconfig)$/i;
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => kept.test(name) || !/^p?npm_/i.test(name)),
  );
}

/** Every @exoship package must be the one that was packed here, once. */
async function registryFaults(app: string): Promise<readonly string[]> {
  const lock = JSON.parse(await readFile(join(app, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { resolved?: string }>;
  };
  return Object.entries(lock.packages)
    .filter(([place]) => place.includes('node_modules/@exoship/'))
    .filter(([, { resolved = '' }]) => !resolved.startsWith('file:'))
    .map(([place, { resolved }]) => `${place} was installed from ${resolved}`);
}
