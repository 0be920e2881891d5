import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Sandbox, type SandboxOptions, startSandbox } from '@exoship/sandbox';
import { execa } from 'execa';
import { createBundle } from '../../../../apps/hello/bundle/create-bundle.ts';
import { chooseAppPort } from '../../demo/app-port.ts';
import { demoLatencies } from '../../demo/latencies.ts';

export interface ExoEnd {
  /** `undefined` when it had to be killed. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
}

/** A sandbox and a folder from which the real `exo` works on it, with the rights of an organization's owner. */
export interface ExoWorld extends AsyncDisposable {
  readonly sandbox: Sandbox;
  /** Working directory and HOME: `bundle-a.tar.gz`, `bundle-b.tar.gz`, `key.pub`, `user-data.sh`. */
  readonly folder: string;
  readonly appPort: number;
  /** MD5 of the bundles, in hex. */
  readonly checksums: { readonly a: string; readonly b: string };
  exo(
    argv: readonly string[],
    options?: { readonly stdin?: string; readonly env?: Readonly<Record<string, string>> },
  ): Promise<ExoEnd>;
}

/** No command needs half of it: an operation costs `exo` three seconds, giving up after five attempts fifteen. */
const commandDeadlineMs = 90_000;

export async function openExoWorld(
  binary: string,
  options: SandboxOptions = {},
  signal?: AbortSignal,
): Promise<ExoWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'exoship-exo-'));
  const appPort = await chooseAppPort(8080);
  const sandbox = await startSandbox({ appPort, latencies: demoLatencies, ...options, signal });
  const checksums = { a: await writeBundle('a'), b: await writeBundle('b') };
  await writeFile(join(folder, 'key.pub'), `ssh-ed25519 ${'A'.repeat(68)} deploy\n`);
  await writeFile(join(folder, 'user-data.sh'), '#exoship-env\nGREETING=hello\n');

  async function writeBundle(version: string): Promise<string> {
    const release = { release: 'good', port: appPort, lameDuckMs: 0 } as const;
    const bundle = await createBundle({ version, ...release });
    await writeFile(join(folder, `bundle-${version}.tar.gz`), bundle);
    return createHash('md5').update(bundle).digest('hex');
  }

  return {
    sandbox,
    folder,
    appPort,
    checksums,
    exo: async (argv, { stdin, env } = {}) => {
      const { key, secret } = sandbox.adminCredentials;
      const started = performance.now();
      const end = await execa(binary, argv, {
        cwd: folder,
        extendEnv: false,
        env: {
          HOME: folder,
          EXOSCALE_API_KEY: key,
          EXOSCALE_API_SECRET: secret.reveal(),
          EXOSCALE_API_ENDPOINT: sandbox.apiEndpoint,
          EXOSCALE_STORAGE_API_ENDPOINT: sandbox.sosEndpoint,
          EXOSCALE_ZONE: sandbox.zone,
          ...env,
        },
        ...(stdin === undefined ? { stdin: 'ignore' as const } : { input: stdin }),
        reject: false,
        stripFinalNewline: false,
        timeout: commandDeadlineMs,
        ...(signal && { cancelSignal: signal }),
      });
      signal?.throwIfAborted();
      const { exitCode, stdout, stderr } = end;
      return { exitCode, stdout, stderr, ms: Math.round(performance.now() - started) };
    },
    [Symbol.asyncDispose]: async () => {
      await sandbox.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
