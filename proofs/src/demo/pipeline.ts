import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Sandbox } from '@exoship/sandbox';
import { jobPath, runCiJob } from './ci-job.ts';
import { machineConfig } from './machines.ts';
import type { DemoOptions } from './options.ts';

/** What the jobs find in EXOSHIP_CONFIG. */
export const demoConfig: string = fileURLToPath(
  new URL('../../../apps/hello/exoship.demo.yaml', import.meta.url),
);

export function configOf({ vm }: Pick<DemoOptions, 'vm'>): string {
  return vm ? machineConfig : demoConfig;
}

export interface JobResult {
  readonly exitCode: number;
  /** What `--output json` printed; empty when the job printed nothing. */
  readonly result: Readonly<Record<string, unknown>>;
}

/** The jobs of one pipeline: they share a commit and a checkout, and nothing else of this process. */
export interface Pipeline extends AsyncDisposable {
  run(argv: readonly string[]): Promise<JobResult>;
  readFile(name: string): Promise<string>;
  writeFile(name: string, text: string): Promise<void>;
}

export interface PipelineOptions {
  readonly sandbox: Sandbox;
  readonly appPort: number;
  readonly commit: string;
  readonly options: DemoOptions;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

export async function openPipeline(pipeline: PipelineOptions): Promise<Pipeline> {
  const folder = await mkdtemp(join(tmpdir(), 'exoship-demo-'));
  const { sandbox, appPort, commit, options, say, signal } = pipeline;
  let jobs = 0;
  return {
    run: async (argv) => {
      signal.throwIfAborted();
      jobs += 1;
      const env = {
        ...sandbox.env,
        PATH: jobPath,
        HOME: folder,
        TMPDIR: tmpdir(),
        CI: 'true',
        CI_PROJECT_PATH: 'demo/hello',
        CI_COMMIT_SHA: commit,
        CI_PIPELINE_ID: commit.slice(0, 4),
        CI_JOB_ID: `${commit.slice(0, 4)}${jobs}`,
        EXOSHIP_CONFIG: configOf(options),
        EXOSHIP_PORT: String(appPort),
        ...(options.strategy && { EXOSHIP_STRATEGY: options.strategy }),
      };
      say(`$ ci-cli ${argv.join(' ')}`);
      const startedMs = performance.now();
      const onLine = (line: string): void => say(`  ${line}`);
      const end = await runCiJob([...argv, '--output', 'json'], {
        cwd: folder,
        env,
        onLine,
        signal,
      });
      const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1);
      say(`  exit code ${end.exitCode} after ${seconds} s`);
      signal.throwIfAborted();
      const result = end.output.trim() === '' ? {} : JSON.parse(end.output);
      return { exitCode: end.exitCode, result };
    },
    readFile: async (name) => await readFile(join(folder, name), 'utf8').catch(() => ''),
    writeFile: async (name, text) => await writeFile(join(folder, name), text),
    [Symbol.asyncDispose]: async () => await rm(folder, { recursive: true, force: true }),
  };
}
