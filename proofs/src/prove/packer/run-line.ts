import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Line } from '../signals/strike.ts';

const cli: string = fileURLToPath(new URL('../../../../apps/ci-cli/src/main.ts', import.meta.url));
const LONGEST_MS = 300_000;

export interface RunningLine {
  readonly pid: number;
  /** Everything said so far. */
  output(): string;
  readonly ended: Promise<LineEnd>;
}

export interface LineEnd {
  /** As a shell tells it: 128+n when a signal ended the process. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly durationMs: number;
}

/** Starts one line of a pipeline in a process group of its own. */
export function startLine({ argv, cwd, env }: Line): RunningLine {
  const startedMs = performance.now();
  const child = spawn(process.execPath, [cli, ...argv], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      said[name] += chunk;
    });
  }
  const overdue = setTimeout(() => child.kill('SIGKILL'), LONGEST_MS);
  const wait = async (): Promise<LineEnd> => {
    const closed = once(child, 'close');
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    const durationMs = performance.now() - startedMs;
    clearTimeout(overdue);
    // Somebody who outlives it may hold its output open; who that is, is found out elsewhere.
    await Promise.race([closed, delay(1_000, undefined, { ref: false })]);
    const exitCode = code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
    return { exitCode, durationMs, ...said };
  };
  const ended = wait();
  return { pid: child.pid ?? 0, output: () => said.stdout + said.stderr, ended };
}
