import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { CliError } from '../cli-error.ts';
import { exitCodes } from '../exit-codes.ts';

export interface RunCommandOptions {
  readonly cwd: string;
  /** Picked from by name: no credential of the job gets through. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly onLine: (line: string) => void;
}

export interface CommandEnd {
  readonly exitCode: number;
  readonly lastLines: readonly string[];
}

const INHERITED = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TMPDIR', 'TZ'];
const STOP_GRACE_MS = 2_000;
const KEPT_LINES = 20;

/** Runs a build command in a process group of its own; when told to stop, the whole group goes. */
export async function runCommand(
  [file, ...args]: readonly [string, ...string[]],
  options: RunCommandOptions,
): Promise<CommandEnd> {
  const { signal, onLine } = options;
  signal.throwIfAborted();
  const child = spawn(file, args, {
    cwd: options.cwd,
    env: Object.fromEntries(INHERITED.map((name) => [name, options.env[name]])),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const lastLines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lastLines.push(line);
      if (lastLines.length > KEPT_LINES) lastLines.shift();
      onLine(line);
    });
  }
  const stop = AbortSignal.any([signal, AbortSignal.timeout(options.timeoutMs)]);
  const exitCode = await untilClosed(child, file, stop);
  signal.throwIfAborted();
  if (stop.aborted) {
    throw new CliError(`"${file}" was stopped: it took longer than ${options.timeoutMs} ms`, {
      exitCode: exitCodes.packer,
    });
  }
  return { exitCode, lastLines };
}

function untilClosed(child: ChildProcess, file: string, stop: AbortSignal): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  let killer: NodeJS.Timeout | undefined;
  const end = (): void => {
    signalGroup(child, 'SIGTERM');
    killer = setTimeout(() => signalGroup(child, 'SIGKILL'), STOP_GRACE_MS);
  };
  stop.addEventListener('abort', end, { once: true });
  child.once('error', (error: NodeJS.ErrnoException) => {
    const why = error.code === 'ENOENT' ? 'it is not installed' : error.code;
    reject(new CliError(`Cannot run "${file}": ${why}`, { exitCode: exitCodes.usage }));
  });
  child.once('close', (code) => resolve(code ?? 1));
  return promise.finally(() => {
    stop.removeEventListener('abort', end);
    clearTimeout(killer);
  });
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch {
    // The group is gone already.
  }
}
