import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Sandbox } from '@exoship/sandbox';
import { execa } from 'execa';

export interface PackerWorld extends AsyncDisposable {
  readonly folder: string;
  /** Runs `packer build` on a template that reads `api_key` and `api_secret` as variables. */
  build(template: object): Promise<PackerEnd>;
}

export interface PackerEnd {
  readonly exitCode: number | undefined;
  /** Both streams, in machine-readable form. */
  readonly said: string;
}

export interface PackerWorldOptions {
  readonly packer: string;
  /** The plugin's binary. */
  readonly plugin: string;
  readonly sandbox: Sandbox;
  readonly signal: AbortSignal;
}

const buildDeadlineMs = 180_000;

/** A folder of its own for Packer, with the plugin installed in it, and the sandbox behind the cloud's real names. */
export async function openPackerWorld(options: PackerWorldOptions): Promise<PackerWorld> {
  const { packer, plugin, sandbox, signal } = options;
  const folder = await mkdtemp(join(tmpdir(), 'exoship-packer-'));
  const { key, secret } = sandbox.adminCredentials;
  const env = {
    ...sandbox.tls?.env,
    HOME: folder,
    PATH: process.env.PATH ?? '',
    CHECKPOINT_DISABLE: '1',
    PACKER_CONFIG_DIR: folder,
    PACKER_PLUGIN_PATH: join(folder, 'plugins'),
    PKR_VAR_api_key: key,
    PKR_VAR_api_secret: secret.reveal(),
  };
  const run = async (args: readonly string[]): Promise<PackerEnd> => {
    const { exitCode, all } = await execa(packer, args, {
      cwd: folder,
      env,
      extendEnv: false,
      all: true,
      reject: false,
      stdin: 'ignore',
      timeout: buildDeadlineMs,
      cancelSignal: signal,
    });
    signal.throwIfAborted();
    return { exitCode, said: all };
  };
  const source = 'github.com/exoscale/exoscale';
  const installed = await run(['plugins', 'install', '--path', plugin, source]);
  if (installed.exitCode !== 0) {
    await rm(folder, { recursive: true, force: true });
    throw new RangeError(`Packer does not take its plugin: ${installed.said.slice(-400)}`);
  }
  return {
    folder,
    build: async (template) => {
      const file = join(folder, 'build.pkr.json');
      await writeFile(file, JSON.stringify(template));
      return await run(['build', '-machine-readable', file]);
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
