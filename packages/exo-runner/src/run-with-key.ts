import { createProcessGroup } from './process-group.ts';
import { relayInput, relayOutput } from './relay.ts';
import { type Command, checkRunOptions, type RunOptions, type RunSettings } from './run-options.ts';
import { type Child, describeStartFailure, startChild } from './start-child.ts';
import { stopSignalOf } from './stop-signal.ts';
import { startWatchdog } from './watchdog.ts';

/** How a command ended: with a code, or by a signal. */
export interface RunResult {
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
}

/**
 * Runs a command with a key in its environment and secrets taken out of its output. The command is the leader of a
 * process group of its own, which does not outlive it: nor this process, however that ends. Needs Linux, WSL or macOS.
 *
 * @throws {ExoRunnerError} when the command does not start; `signal.reason` when it was stopped
 */
export async function runWithKey(command: Command, options: RunOptions): Promise<RunResult> {
  const settings = checkRunOptions(command, options);
  const { signal } = settings;
  signal?.throwIfAborted();
  await using watchdog = await startWatchdog();
  signal?.throwIfAborted();
  const child = startChild(settings, watchdog.mark);
  if (child.pid === undefined) throw await describeStartFailure(child, settings);
  watchdog.guard(child.pid);
  return await superviseChild(child, settings);
}

async function superviseChild(child: Child, settings: RunSettings): Promise<RunResult> {
  const { signal } = settings;
  const group = createProcessGroup(child.signalGroup, settings);
  const output = relayOutput(child, settings);
  const detachInput = relayInput(child, settings);
  const stop = (): void => void group.stop(stopSignalOf(signal?.reason));
  signal?.addEventListener('abort', stop, { once: true });
  try {
    const result = await child.ended;
    const wasStopped = signal?.aborted === true;
    // What the command left running still has the key.
    await group.stop('SIGTERM');
    await output.settle();
    if (wasStopped) signal.throwIfAborted();
    return result;
  } finally {
    signal?.removeEventListener('abort', stop);
    detachInput();
  }
}
