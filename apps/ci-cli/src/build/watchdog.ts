import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { CliError } from '../cli-error.ts';
import { exitCodes } from '../exit-codes.ts';

/** Ends a group of processes when this process dies without a word: nobody else tells the children of a SIGKILL. */
export interface Watchdog extends AsyncDisposable {
  guard(groupId: number): void;
}

// The end of its input means that we are dead; a second line, that all is well. What ends us must not end it first.
const SCRIPT = `
trap '' HUP INT TERM
read -r group || exit 0
read -r goodbye && exit 0
kill -TERM "-$group"
sleep 1
kill -KILL "-$group"
`;

/** Starts before the command does, so that there is no moment at which nobody watches it. */
export async function startWatchdog(): Promise<Watchdog> {
  const child = spawn('/bin/sh', ['-c', SCRIPT], {
    cwd: '/',
    detached: true,
    env: { PATH: '/usr/bin:/bin' },
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const exited = once(child, 'exit').catch(() => {});
  child.stdin.on('error', () => {});
  try {
    await once(child, 'spawn');
  } catch {
    throw new CliError('Cannot start the watchdog: "/bin/sh" does not run', {
      exitCode: exitCodes.usage,
    });
  }
  let goodbye = '';
  return {
    guard: (groupId) => {
      child.stdin.write(`${groupId}\n`);
      goodbye = 'goodbye\n';
    },
    [Symbol.asyncDispose]: async () => {
      child.stdin.end(goodbye);
      await exited;
    },
  };
}
