import { stat } from 'node:fs/promises';
import type { Readable, Writable } from 'node:stream';
import { execa } from 'execa';
import { ExoRunnerError } from './exo-runner-error.ts';
import type { SignalGroup } from './process-group.ts';
import type { RunSettings } from './run-options.ts';
import type { RunResult } from './run-with-key.ts';

/** A started command; without `pid` when it did not start. */
export interface Child {
  readonly pid: number | undefined;
  readonly signalGroup: SignalGroup;
  readonly stdin: Writable | null;
  readonly stdout: Readable | null;
  readonly stderr: Readable | null;
  /** Settles when the process is gone, whether or not somebody still holds its output open. */
  readonly ended: Promise<RunResult>;
  /** Why it did not start. */
  readonly startFailure: Promise<string>;
}

/** @param mark - goes into the environment of the command, besides what the settings say. */
export function startChild(settings: RunSettings, mark: Readonly<Record<string, string>>): Child {
  const [file, ...args] = settings.command;
  const subprocess = execa(file, args, {
    env: { ...settings.env, ...mark },
    extendEnv: false,
    ...(settings.cwd === undefined ? {} : { cwd: settings.cwd }),
    // Makes it the leader of a group of its own: kill() reaches its descendants too.
    killDescendants: true,
    // Escalation is ours, and so is the end of this process: execa would listen for its signals.
    forceKillAfterDelay: false,
    cleanup: false,
    stdin: typeof settings.stdin === 'string' ? settings.stdin : 'pipe',
    stdout: settings.stdout === undefined ? 'ignore' : 'pipe',
    stderr: settings.stderr === undefined ? 'ignore' : 'pipe',
    buffer: false,
    reject: false,
  });
  const { promise: ended, resolve } = Promise.withResolvers<RunResult>();
  subprocess.nodeChildProcess.once('exit', (code: number | null, signal: string | null) => {
    resolve({ exitCode: code ?? undefined, signal: signal ?? undefined });
  });
  const { pid, stdin, stdout, stderr } = subprocess;
  const signalGroup: SignalGroup = (signal) => subprocess.kill(signal);
  const startFailure = subprocess.then(({ code }) => code ?? 'unknown');
  return { pid, signalGroup, stdin, stdout, stderr, ended, startFailure };
}

/** Names the program only: its arguments are the caller's, and execa's own message holds them. */
export async function describeStartFailure(
  child: Child,
  { command: [file], cwd }: RunSettings,
): Promise<ExoRunnerError> {
  const code = await child.startFailure;
  if (cwd !== undefined && !(await isFolder(cwd))) {
    const message = `Cannot start "${file}": there is no folder "${cwd}"`;
    return new ExoRunnerError(message, { code: 'spawn-failed' });
  }
  if (code === 'ENOENT') {
    const message = `Cannot start "${file}": there is no such program on the PATH`;
    return new ExoRunnerError(message, { code: 'not-installed' });
  }
  if (code === 'EACCES') {
    const message = `Cannot start "${file}": it may not be executed`;
    return new ExoRunnerError(message, { code: 'not-executable' });
  }
  return new ExoRunnerError(`Cannot start "${file}": ${code}`, { code: 'spawn-failed' });
}

async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() === true;
}
