import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { CliError } from '../cli-error.ts';
import { exitCodes } from '../exit-codes.ts';
import { stopGroup } from './process-group.ts';
import { startWatchdog } from './watchdog.ts';

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
const KEPT_LINES = 20;
/** A process that left the group may hold the output open for ever. */
const DRAIN_MS = 1_000;

type Child = ChildProcessByStdio<null, Readable, Readable>;

/**
 * Runs a command in a process group of its own, which does not outlive it: nor this process, however that ends.
 *
 * @throws CliError when it cannot be started or takes too long; `signal.reason` when it was stopped.
 */
export async function runCommand(
  [file, ...args]: readonly [string, ...string[]],
  options: RunCommandOptions,
): Promise<CommandEnd> {
  const { signal, timeoutMs } = options;
  signal.throwIfAborted();
  await using watchdog = await startWatchdog();
  const child = spawn(file, args, {
    cwd: options.cwd,
    env: Object.fromEntries(INHERITED.map((name) => [name, options.env[name]])),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  if (child.pid === undefined) throw await startFailure(child, file);
  watchdog.guard(child.pid);
  const lastLines = collectLines(child, options.onLine);
  const stop = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const exitCode = await untilEnded(child, child.pid, stop);
  signal.throwIfAborted();
  if (stop.aborted) {
    throw new CliError(`"${file}" was stopped: it took longer than ${timeoutMs} ms`, {
      exitCode: exitCodes.packer,
    });
  }
  return { exitCode, lastLines };
}

async function startFailure(child: Child, file: string): Promise<CliError> {
  const [{ code }] = (await once(child, 'error').catch((error) => [error])) as [
    NodeJS.ErrnoException,
  ];
  const why = code === 'ENOENT' ? 'it is not installed' : code;
  return new CliError(`Cannot run "${file}": ${why}`, { exitCode: exitCodes.usage });
}

/** The last lines, as they come. */
function collectLines(child: Child, onLine: (line: string) => void): readonly string[] {
  const lastLines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lastLines.push(line);
      if (lastLines.length > KEPT_LINES) lastLines.shift();
      onLine(line);
    });
  }
  return lastLines;
}

/** Resolves when no process of the group is left, and what it printed was read. */
async function untilEnded(child: Child, groupId: number, stop: AbortSignal): Promise<number> {
  const exited = once(child, 'exit');
  const closed = once(child, 'close');
  await Promise.race([exited, untilAborted(stop)]);
  // After a normal end, too: what the command left running must not go on behind our back.
  await stopGroup(groupId);
  const [exitCode] = (await exited) as [number | null];
  await Promise.race([closed, delay(DRAIN_MS, undefined, { ref: false })]);
  for (const stream of [child.stdout, child.stderr]) stream.destroy();
  return exitCode ?? 1;
}

function untilAborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (signal.aborted) resolve();
  signal.addEventListener('abort', () => resolve(), { once: true });
  return promise;
}
