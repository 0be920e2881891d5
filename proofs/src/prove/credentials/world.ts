import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Sandbox, startSandbox } from '@exoship/sandbox';
import { connectToVault, type VaultConnection } from '@exoship/vault-approle';
import { chooseAppPort } from '../../demo/app-port.ts';
import { jobPath } from '../../demo/ci-job.ts';
import { demoLatencies } from '../../demo/latencies.ts';
import { demoConfig } from '../../harness/open-ci.ts';
import { createIdTokens, type IdTokens } from './id-tokens.ts';
import { openWireTap, type WireTap } from './wire-tap.ts';

export type Env = Readonly<Record<string, string | undefined>>;

/** A Vault and a cloud with a tap on the wire to both, and a runner's folders. */
export interface World extends AsyncDisposable {
  readonly sandbox: Sandbox;
  readonly tap: WireTap;
  /** Vault as its owner sees it, past the tap. */
  readonly root: VaultConnection;
  readonly idTokens: IdTokens;
  readonly folder: string;
  /** Where jobs put their temporary files. */
  readonly temporary: string;
  /** A file in the folder; its path. */
  file(name: string, text: string, mode?: number): Promise<string>;
  /** Writes a configuration that differs from the demo's by `vault.login` and more; its variable. */
  configure(login: string | undefined, change?: (text: string) => string): Promise<Env>;
  /** Closes it together with this. */
  use(disposable: AsyncDisposable): void;
  /** What a job finds in its environment. */
  env(overrides?: Env): Record<string, string>;
}

const compileCache = join(tmpdir(), 'exoship-compile-cache');

export async function openWorld(seed: number): Promise<World> {
  const appPort = await chooseAppPort(8080);
  const sandbox = await startSandbox({
    seed,
    appPort,
    latencies: demoLatencies,
    vault: { revocationDelayMs: 50 },
  });
  const tap = await openWireTap(sandbox.vaultAddress);
  const folder = await mkdtemp(join(tmpdir(), 'exoship-credentials-'));
  const temporary = join(folder, 'tmp');
  await mkdir(temporary);
  const root = connectToVault({
    address: sandbox.vaultAddress,
    token: sandbox.vault.rootToken,
    deadlineMs: 5_000,
  });
  tap.secrets.set(sandbox.brokerToken.reveal(), 'broker token');
  const file: World['file'] = async (name, text, mode = 0o600) => {
    const path = join(folder, name);
    await writeFile(path, text, { mode });
    return path;
  };
  const others = new AsyncDisposableStack();
  return {
    sandbox,
    tap,
    root,
    idTokens: createIdTokens(),
    folder,
    temporary,
    file,
    async configure(login, change = (text) => text) {
      const text = await readFile(demoConfig, 'utf8');
      const withLogin =
        login === undefined ? text : text.replace(/( +)appRole:/, `$1login: ${login}\n$1appRole:`);
      return { EXOSHIP_CONFIG: await file('exoship.yaml', change(withLogin)) };
    },
    use: (disposable) => void others.use(disposable),
    env: (overrides = {}) =>
      defined({
        ...sandbox.env,
        VAULT_ADDR: tap.origin,
        EXOSCALE_API_ENDPOINT: `${tap.origin}/v2`,
        PATH: jobPath,
        // Most of a short job is the reading of its program.
        NODE_COMPILE_CACHE: compileCache,
        HOME: folder,
        TMPDIR: temporary,
        CI: 'true',
        CI_JOB_ID: '4711',
        EXOSHIP_CONFIG: demoConfig,
        EXOSHIP_PORT: String(appPort),
        ...overrides,
      }),
    [Symbol.asyncDispose]: async () => {
      await others.disposeAsync();
      await tap[Symbol.asyncDispose]();
      await sandbox.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function defined(record: Env): Record<string, string> {
  return Object.fromEntries(
    Object.entries(record).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
