import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Sandbox, type SandboxOptions, startSandbox } from '@exoship/sandbox';
import { chooseAppPort } from '../demo/app-port.ts';
import { jobPath, runCiJob } from '../demo/ci-job.ts';
import { demoLatencies } from '../demo/latencies.ts';

export const demoConfig: string = fileURLToPath(
  new URL('../../../apps/hello/exoship.demo.yaml', import.meta.url),
);

export interface CiEnd {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Of `--output json`. */
  readonly result: Readonly<Record<string, unknown>>;
}

/** A sandbox and a runner's checkout: what is needed to run single lines of a pipeline as real processes. */
export interface Ci extends AsyncDisposable {
  readonly sandbox: Sandbox;
  readonly appPort: number;
  readonly folder: string;
  /** Where jobs put their temporary files; empty when nothing was left behind. */
  readonly temporary: string;
  run(
    argv: readonly string[],
    env?: Readonly<Record<string, string | undefined>>,
    cwd?: string,
  ): Promise<CiEnd>;
  env(overrides?: Readonly<Record<string, string | undefined>>): Record<string, string>;
  leftFiles(): Promise<readonly string[]>;
}

export async function openCi(options: SandboxOptions = {}): Promise<Ci> {
  const appPort = await chooseAppPort(8080);
  const sandbox = await startSandbox({ seed: 1, appPort, latencies: demoLatencies, ...options });
  const folder = await mkdtemp(join(tmpdir(), 'exoship-ci-'));
  const temporary = await mkdtemp(join(tmpdir(), 'xt-'));
  const env: Ci['env'] = (overrides = {}) =>
    defined({
      ...sandbox.env,
      PATH: jobPath,
      HOME: folder,
      TMPDIR: temporary,
      CI: 'true',
      CI_COMMIT_SHA: 'c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00',
      CI_JOB_ID: '4711',
      EXOSHIP_CONFIG: demoConfig,
      EXOSHIP_PORT: String(appPort),
      ...overrides,
    });
  return {
    sandbox,
    appPort,
    folder,
    temporary,
    env,
    run: async (argv, overrides, cwd = folder) => {
      const lines: string[] = [];
      const end = await runCiJob(argv, {
        cwd,
        env: env(overrides),
        onLine: (line) => lines.push(line),
      });
      const isJson = end.output.startsWith('{');
      const result = isJson ? JSON.parse(end.output) : {};
      return { exitCode: end.exitCode, stdout: end.output, stderr: lines.join('\n'), result };
    },
    leftFiles: () => readdir(temporary),
    [Symbol.asyncDispose]: async () => {
      await sandbox.close();
      await rm(folder, { recursive: true, force: true });
      await rm(temporary, { recursive: true, force: true });
    },
  };
}

function defined(record: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(record).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
