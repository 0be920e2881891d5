import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { BlowSignal } from './draw-blows.ts';
import { descendantsOf, type ProcessId } from './processes.ts';

const cli: string = fileURLToPath(new URL('../../../../apps/ci-cli/src/main.ts', import.meta.url));
const SIGNAL_NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 } as const;
/** Longer than any runner would wait. */
const LONGEST_END_MS = 60_000;

/** One line of a pipeline, as a runner would start it. */
export interface Line {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface TimedSignal {
  readonly signal: BlowSignal;
  readonly target: 'leader' | 'group';
  /** From the start of the process, in milliseconds; or whenever the given function calls back. */
  readonly after: number | ((send: () => void) => Disposable);
}

export interface Ended {
  /** As a shell tells it: 128+n when a signal ended the process. */
  readonly exitCode: number;
  readonly output: string;
  readonly durationMs: number;
  /** From the first signal to the end; absent when the line had ended before. */
  readonly dyingMs?: number;
  /** Whatever ran when the first signal was sent. */
  readonly family: readonly ProcessId[];
}

/** Runs a line in a process group of its own, and sends it signals at their times. */
export async function strike(line: Line, signals: readonly TimedSignal[]): Promise<Ended> {
  const startedMs = performance.now();
  const child = spawn(process.execPath, [cli, ...line.argv], {
    cwd: line.cwd,
    env: line.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => output.push(chunk));
  }
  const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  const closed = once(child, 'close');
  const striking = strikeAll(child, signals, startedMs);
  const overdue = new AbortController();
  void delay(LONGEST_END_MS, undefined, { signal: overdue.signal }).then(
    () => send(child, { signal: 'SIGKILL', target: 'group' }),
    () => undefined,
  );
  const [code, signal] = await ended;
  const endedMs = performance.now();
  overdue.abort();
  // Somebody who outlives it may hold its output open; who that is, is found out elsewhere.
  await Promise.race([closed, delay(1_000, undefined, { ref: false })]);
  const { firstMs, family } = await striking;
  return {
    exitCode: code ?? 128 + (SIGNAL_NUMBERS[signal as keyof typeof SIGNAL_NUMBERS] ?? 0),
    output: output.join(''),
    durationMs: endedMs - startedMs,
    family,
    ...(firstMs !== undefined && firstMs < endedMs && { dyingMs: endedMs - firstMs }),
  };
}

interface Struck {
  readonly firstMs: number | undefined;
  readonly family: readonly ProcessId[];
}

async function strikeAll(
  child: ChildProcess,
  signals: readonly TimedSignal[],
  startedMs: number,
): Promise<Struck> {
  const ended = new AbortController();
  child.once('exit', () => ended.abort());
  let struck: Struck = { firstMs: undefined, family: [] };
  for (const signal of signals) {
    const { after } = signal;
    if (typeof after === 'function') {
      const sent = await sendWhen(child, signal, after, ended.signal);
      if (struck.firstMs === undefined) struck = sent ?? struck;
      continue;
    }
    const waitMs = startedMs + after - performance.now();
    await delay(Math.max(0, waitMs), undefined, { signal: ended.signal }).catch(() => undefined);
    if (ended.signal.aborted) break;
    const isFirst = struck.firstMs === undefined;
    // Before the first signal: afterwards it may be too late to see who was there.
    const family = isFirst ? await descendantsOf(child.pid ?? 0) : struck.family;
    if (!send(child, signal)) break;
    if (isFirst) struck = { firstMs: performance.now(), family };
  }
  return struck;
}

/** Sends it in the very moment: whoever runs then is looked for just afterwards. */
async function sendWhen(
  child: ChildProcess,
  signal: TimedSignal,
  after: Exclude<TimedSignal['after'], number>,
  ended: AbortSignal,
): Promise<Struck | undefined> {
  const { promise, resolve } = Promise.withResolvers<number | undefined>();
  ended.addEventListener('abort', () => resolve(undefined), { once: true });
  if (ended.aborted) resolve(undefined);
  using _waiting = after(() => resolve(send(child, signal) ? performance.now() : undefined));
  const firstMs = await promise;
  return firstMs === undefined
    ? undefined
    : { firstMs, family: await descendantsOf(child.pid ?? 0) };
}

/** False when nobody is left to get it. */
function send(child: ChildProcess, { signal, target }: Omit<TimedSignal, 'after'>): boolean {
  const { pid, exitCode, signalCode } = child;
  if (pid === undefined || exitCode !== null || signalCode !== null) return false;
  try {
    return process.kill(target === 'group' ? -pid : pid, signal);
  } catch {
    return false;
  }
}
