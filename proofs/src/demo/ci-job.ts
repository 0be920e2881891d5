import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const cli = fileURLToPath(new URL('../../../apps/ci-cli/src/main.ts', import.meta.url));

export interface CiJob {
  /** Folder of the job, as a runner would check it out. */
  readonly cwd: string;
  /** The job's whole environment: nothing of ours leaks in. */
  readonly env: Readonly<Record<string, string>>;
  readonly onLine: (line: string) => void;
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
      if (rest) job.onLine(rest);
      resolve({ exitCode: code ?? (signal === null ? 1 : 128), output });
    });
  });
}
