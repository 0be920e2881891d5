import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const cli = fileURLToPath(new URL('../../../apps/ci-cli/src/main.ts', import.meta.url));

/** Jobs find the Node that runs this first, whatever Node the machine has. */
export const jobPath: string = `${dirname(process.execPath)}:${process.env.PATH ?? ''}`;

export interface CiJob {
  /** Folder of the job, as a runner would check it out. */
  readonly cwd: string;
  /** The job's whole environment: nothing of ours leaks in. */
  readonly env: Readonly<Record<string, string>>;
  readonly onLine: (line: string) => void;
  /** Passed on as SIGTERM, as a runner cancels a job; its cleanup is waited for. */
  readonly signal?: AbortSignal | undefined;
}

export interface CiJobEnd {
  readonly exitCode: number;
  /** What the job wrote to stdout. */
  readonly output: string;
}

/** Runs one line of a pipeline, `node …/ci-cli <arguments>`, in a process of its own. */
export function runCiJob(argv: readonly string[], job: CiJob): Promise<CiJobEnd> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [cli, ...argv], {
      cwd: job.cwd,
      env: job.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const cancel = (): void => void child.kill('SIGTERM');
    job.signal?.addEventListener('abort', cancel, { once: true });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });
    let rest = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) job.onLine(line);
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      job.signal?.removeEventListener('abort', cancel);
      if (rest) job.onLine(rest);
      resolve({
        exitCode: code ?? 128 + (signal === null ? 0 : constants.signals[signal]),
        output,
      });
    });
  });
}
