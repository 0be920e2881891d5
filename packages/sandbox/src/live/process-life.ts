import { type ChildProcess, spawn } from 'node:child_process';
import { kill as sendSignal } from 'node:process';
import type { Duplex, Readable } from 'node:stream';
import type { Launch } from './launch.ts';

/** One time that a process body was on: from the spawn to the death of its whole process group. */
export interface ProcessLife {
  /** Id of the process group; `undefined` when not even the spawn worked. */
  readonly group: number | undefined;
  /** Presses the power button; insists with SIGKILL when that takes longer than `stopCapMs`. */
  stop(stopCapMs: number): void;
  /** SIGKILL for the whole group. */
  kill(): void;
}

export interface ProcessLifeOptions extends Launch {
  readonly cwd: string;
  readonly onOutput: (chunk: Buffer) => void;
  readonly onExit: (reason: string) => void;
}

/** Starts a command as the leader of its own process group; the group dies with its leader. */
export function startProcessLife(options: ProcessLifeOptions): ProcessLife {
  const [file, ...args] = options.command;
  const child = spawn(file, args, {
    cwd: options.cwd,
    env: options.env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', options.pressButton === undefined ? 'ignore' : 'pipe'],
  });
  const orders = child.stdio[3] as Duplex | null;
  // Nobody reads the answers; unread, they would block the program.
  orders?.resume().on('error', () => undefined);
  let cap: NodeJS.Timeout | undefined;
  let isOver = false;

  function end(reason: string): void {
    if (isOver) return;
    isOver = true;
    clearTimeout(cap);
    signalGroup(child, 'SIGKILL');
    options.onExit(reason);
  }

  for (const output of [child.stdout, child.stderr] as readonly Readable[]) {
    output.on('data', options.onOutput);
    output.on('error', () => undefined);
  }
  child.on('error', (error) => end(`could not start: ${error.message}`));
  child.on('exit', (code, signal) => {
    end(signal === null ? `exited with code ${code}` : `was ended by ${signal}`);
  });

  const kill = () => {
    if (!isOver) signalGroup(child, 'SIGKILL');
  };
  return {
    group: child.pid,
    stop(stopCapMs) {
      if (isOver || cap !== undefined) return;
      cap = setTimeout(kill, stopCapMs);
      if (orders === null || options.pressButton === undefined) signalGroup(child, 'SIGTERM');
      else options.pressButton(orders);
    },
    kill,
  };
}

/** A group that is already gone is what we wanted. */
function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    sendSignal(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
