import { spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const cli = fileURLToPath(new URL('../../../../apps/ci-cli/src/main.ts', import.meta.url));

export interface JobEnd {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Arguments of it and of everything it started, as `ps` would show them to anybody. */
  readonly arguments: string;
  /** What its temporary files held, as long as they were there. */
  readonly files: string;
}

export interface JobOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Watched for files. */
  readonly temporary: string;
  readonly stdin?: string | undefined;
}

const LOOK_INTERVAL_MS = 40;
const LIMIT_MS = 90_000;

/** Runs one command line of ci-cli in a process of its own, and looks over its shoulder. */
export async function runJob(argv: readonly string[], options: JobOptions): Promise<JobEnd> {
  const { env, cwd, temporary, stdin } = options;
  const child = spawn(process.execPath, [cli, ...argv], { cwd, env, stdio: 'pipe' });
  const ended = Promise.withResolvers<number>();
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.stdin.on('error', () => undefined).end(stdin ?? '');
  child.on('error', ended.reject);
  child.on('close', (code, signal) => {
    ended.resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
  });
  const seen = { arguments: new Set<string>(), files: new Map<string, string>() };
  const limit = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
  const watching = watch(child.pid ?? 0, temporary, seen, ended.promise);
  const exitCode = await ended.promise;
  clearTimeout(limit);
  await watching;
  await lookAtFiles(temporary, seen.files);
  return {
    exitCode,
    stdout,
    stderr,
    arguments: [...seen.arguments].join('\n'),
    files: [...seen.files.values()].join('\n'),
  };
}

interface Seen {
  readonly arguments: Set<string>;
  readonly files: Map<string, string>;
}

async function watch(
  pid: number,
  folder: string,
  seen: Seen,
  ended: Promise<unknown>,
): Promise<void> {
  let isOver = false;
  void ended.finally(() => {
    isOver = true;
  });
  while (!isOver) {
    for (const one of await familyOf(pid)) {
      seen.arguments.add(await readFile(`/proc/${one}/cmdline`, 'latin1').catch(() => ''));
    }
    await lookAtFiles(folder, seen.files);
    await new Promise((resolve) => setTimeout(resolve, LOOK_INTERVAL_MS));
  }
}

/** A process and what it has started, as the kernel lists them: looking through all of them would take too long. */
async function familyOf(pid: number): Promise<readonly number[]> {
  const list = await readFile(`/proc/${pid}/task/${pid}/children`, 'latin1').catch(() => '');
  const children = list.split(' ').map(Number).filter(Boolean);
  return [pid, ...(await Promise.all(children.map(familyOf))).flat()];
}

async function lookAtFiles(folder: string, files: Map<string, string>): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const text = await readFile(path, 'latin1').catch(() => undefined);
    if (text !== undefined) files.set(path, text);
  }
}
