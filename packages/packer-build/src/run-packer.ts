import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { execa } from 'execa';
import type { Clock } from './clock.ts';
import { PackerError } from './error.ts';
import { createLineSplitter } from './line-splitter.ts';
import { stopGroup } from './process-group.ts';

export interface PackerCommand {
  readonly binary: string;
  readonly args: readonly string[];
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

export interface RunOptions {
  readonly onLine: (line: string) => void;
  readonly lineLimit: number;
  /** Told of the group as soon as there is one. */
  readonly onStart: (groupId: number) => void;
  readonly stopGraceMs: number;
  readonly clock: Clock;
  /** Ends the run; it still resolves. */
  readonly stop: AbortSignal;
}

export interface Exit {
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
}

/** A process that left the group may hold the pipes open for ever. */
const DRAIN_MS = 1_000;

/** Runs Packer in a process group of its own and resolves when no process of it is left. */
export async function runPacker(command: PackerCommand, options: RunOptions): Promise<Exit> {
  const { onLine, lineLimit, onStart, stopGraceMs, clock, stop } = options;
  const child = execa(command.binary, command.args, {
    cwd: command.cwd,
    env: command.env,
    extendEnv: false,
    stdin: 'ignore',
    detached: true,
    // The folder's watchdog does that, and for the whole group.
    cleanup: false,
    buffer: false,
    encoding: 'buffer',
    reject: false,
  });
  const groupId = child.pid;
  if (groupId === undefined) {
    await child;
    throw new PackerError('not-installed', `Cannot run "${command.binary}"`);
  }

  onStart(groupId);
  const exited = once(child.nodeChildProcess, 'exit') as Promise<[number | null, string | null]>;
  const reading = Promise.all([
    readLines(child.stdout, onLine, lineLimit),
    readLines(child.stderr, onLine, lineLimit),
  ]);
  const stopped = new Promise<void>((resolve) => {
    if (stop.aborted) resolve();
    stop.addEventListener('abort', () => resolve(), { once: true });
  });
  try {
    await Promise.race([exited, stopped, rejectionOf(reading)]);
  } finally {
    // After a normal end, too: a crashed plugin leaves the build's machine running.
    await stopGroup(groupId, { clock, graceMs: stopGraceMs });
    await exited;
    await drain(reading, [child.stdout, child.stderr], clock);
  }
  const [exitCode, signal] = await exited;
  return { exitCode: exitCode ?? undefined, signal: signal ?? undefined };
}

async function readLines(
  stream: Readable,
  onLine: (line: string) => void,
  limit: number,
): Promise<void> {
  const splitter = createLineSplitter(onLine, { limit });
  const decoder = new TextDecoder();
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    splitter.push(decoder.decode(chunk, { stream: true }));
  }
  splitter.push(decoder.decode());
  splitter.end();
}

/** Never resolves: reading ends before the process does when that closes its output early. */
async function rejectionOf(work: Promise<unknown>): Promise<never> {
  await work;
  return await new Promise<never>(() => {});
}

/** Passes on what reading failed with: a line that could not be redacted must not be lost in silence. */
async function drain(
  reading: Promise<unknown>,
  streams: readonly Readable[],
  clock: Clock,
): Promise<void> {
  const patience = new AbortController();
  const timeout = clock.sleep(DRAIN_MS, { signal: patience.signal }).catch(() => undefined);
  try {
    await Promise.race([reading, timeout]);
  } finally {
    patience.abort();
    for (const stream of streams) stream.destroy();
  }
}
