import { randomBytes } from 'node:crypto';
import { chmod, copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

export interface RealVault extends AsyncDisposable {
  readonly address: string;
  readonly rootToken: string;
}

export interface RealVaultOptions {
  /** `vault` or `bao`. */
  readonly binary: string;
  /** Of the Exoscale engine; registered under the name `exoscale`. */
  readonly plugin?: string | undefined;
  /** For it and its plugins: a proxy and an authority to reach the sandbox by the cloud's names. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly signal?: AbortSignal | undefined;
}

const startDeadlineMs = 30_000;
const pluginName = 'exoscale';

/** A Vault in memory, unsealed, on a port of loopback that nobody else knows; it ends with its handle. */
export async function startRealVault(options: RealVaultOptions): Promise<RealVault> {
  const { binary, plugin, env, signal } = options;
  const folder = await mkdtemp(join(tmpdir(), 'exoship-vault-'));
  const plugins = join(folder, 'plugins');
  await mkdir(plugins);
  if (plugin !== undefined) {
    const copy = join(plugins, pluginName);
    await copyFile(plugin, copy);
    await chmod(copy, 0o755);
  }
  const rootToken = `root-${randomBytes(16).toString('hex')}`;
  const listen = `127.0.0.1:${await freePort()}`;
  const argv = ['server', '-dev', '-dev-no-store-token', `-dev-plugin-dir=${plugins}`];
  const child = execa(binary, argv, {
    cwd: folder,
    extendEnv: false,
    env: {
      ...env,
      HOME: folder,
      // The names of Vault and of OpenBao.
      VAULT_DEV_ROOT_TOKEN_ID: rootToken,
      VAULT_DEV_LISTEN_ADDRESS: listen,
      BAO_DEV_ROOT_TOKEN_ID: rootToken,
      BAO_DEV_LISTEN_ADDRESS: listen,
      NO_PROXY: '127.0.0.1',
    },
    stdin: 'ignore',
    all: true,
    reject: false,
    ...(signal && { cancelSignal: signal }),
    forceKillAfterDelay: 5_000,
  });
  const address = `http://${listen}`;
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await child;
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await untilHealthy(address, child);
  } catch (error) {
    await stop();
    throw error;
  }
  return { address, rootToken, [Symbol.asyncDispose]: stop };
}

async function untilHealthy(
  address: string,
  child: Promise<{ readonly all?: string | undefined }>,
): Promise<void> {
  let ended: string | undefined;
  void child.then(({ all }) => {
    ended = all ?? '';
  });
  const endsAtMs = performance.now() + startDeadlineMs;
  while (performance.now() < endsAtMs) {
    const answer = await fetch(`${address}/v1/sys/health`).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.status === 200) return;
    if (ended !== undefined) throw new RangeError(`Vault ended: ${ended.slice(-500)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new RangeError(`Vault was not up within ${startDeadlineMs / 1_000} s`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
