#!/usr/bin/env node
import { createRedactor } from '@exoship/exo-runner';
import { exitCodes } from './exit-codes.ts';
import { Interruption } from './interruption.ts';
import { run } from './run.ts';
import { systemClock } from './system-clock.ts';

/** One Ctrl-C reaches us several times when whoever started us passes it on as well. */
const SAME_SIGNAL_MS = 1_000;

const interrupted = new AbortController();
let interruptedAtMs = 0;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // The first asks for an orderly end; whoever sends a second does not want to wait for it.
    if (!interrupted.signal.aborted) {
      interruptedAtMs = performance.now();
      interrupted.abort(new Interruption(signal));
    } else if (performance.now() - interruptedAtMs > SAME_SIGNAL_MS) {
      process.kill(process.pid, 'SIGKILL');
    }
  });
}
let isOutputLost = false;
// A reader that went away (`ci-cli … | head`) must not keep us from giving the key back; a disk that is full must not
// either, but what was asked for is lost then.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', ({ code, message }: NodeJS.ErrnoException) => {
    if (code === 'EPIPE' || isOutputLost) return;
    isOutputLost = true;
    process.stderr.write(`error: Output is lost: ${message}\n`);
    process.exitCode ||= exitCodes.usage;
  });
}

/** The directory can be removed under whoever works in it; Node then throws a trace at people. */
function workingDirectory(): string {
  try {
    return process.cwd();
  } catch {
    process.stderr.write('error: The working directory does not exist any more: change to one\n');
    process.exit(exitCodes.usage);
  }
}

const exitCode = await run(process.argv.slice(2), {
  env: process.env,
  cwd: workingDirectory(),
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  isInteractive: process.stderr.isTTY === true && !process.env.CI,
  signal: interrupted.signal,
  clock: systemClock,
  redactor: createRedactor(),
});
process.exitCode = exitCode || (isOutputLost ? exitCodes.usage : exitCodes.ok);
