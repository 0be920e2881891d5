import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { ExoRunnerError } from './exo-runner-error.ts';

/**
 * A tiny process that ends a group of processes when this one dies without having said goodbye: nobody tells the
 * children of a process that got SIGKILL.
 */
export interface Watchdog extends AsyncDisposable {
  guard(leaderId: number): void;
}

// It reads the group first and then waits. A second line means that all is well; the end of the pipe, that we are dead.
// Signals meant for the whole container must not end it before us.
const script = `
trap '' HUP INT TERM
read -r group || exit 0
read -r goodbye && exit 0
kill -TERM "-$group"
sleep 1
kill -KILL "-$group"
`;

/** Starts before the command does, so that there is no moment at which nobody watches it. */
export async function startWatchdog(): Promise<Watchdog> {
  const child = spawn('/bin/sh', ['-c', script], {
    cwd: '/',
    detached: true,
    env: { PATH: '/usr/bin:/bin' },
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const exited = once(child, 'exit').catch(() => {});
  const pipe = child.stdin;
  pipe.on('error', () => {});
  try {
    await once(child, 'spawn');
  } catch {
    throw new ExoRunnerError('Cannot start the watchdog: "/bin/sh" does not run', {
      code: 'spawn-failed',
    });
  }
  let goodbye = '';
  return {
    guard(leaderId) {
      pipe.write(`${leaderId}\n`);
      goodbye = 'goodbye\n';
    },
    async [Symbol.asyncDispose]() {
      pipe.end(goodbye);
      await exited;
    },
  };
}
