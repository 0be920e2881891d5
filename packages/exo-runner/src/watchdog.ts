import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { ExoRunnerError } from './exo-runner-error.ts';

/**
 * A tiny process that ends a group of processes when this one dies without having said goodbye: nobody tells the
 * children of a process that got SIGKILL.
 */
export interface Watchdog extends AsyncDisposable {
  /** For the environment of the command: by it the watchdog finds what it could not be told of any more. */
  readonly mark: Readonly<Record<string, string>>;
  guard(leaderId: number): void;
}

const markName = 'EXOSHIP_RUN_ID';

// It reads the group first and then waits; "goodbye" means that all is well, the end of the pipe that we are dead. When
// that happens between the start of the command and its first line, the mark tells what was started; a second later,
// because the mark shows only once the program is loaded.
// Signals meant for the whole container must not end it before us.
const script = `
trap '' HUP INT TERM
read -r group
[ "$group" = goodbye ] && exit 0
if [ -z "$group" ]; then
  sleep 1
  for file in $(grep -lsF "$1" /proc/[0-9]*/environ); do
    leader=\${file#/proc/}
    kill -KILL "-\${leader%/environ}"
  done
  exit 0
fi
read -r goodbye && exit 0
kill -TERM "-$group"
sleep 1
kill -KILL "-$group"
`;

/** Starts before the command does, so that there is no moment at which nobody watches it. */
export async function startWatchdog(): Promise<Watchdog> {
  const id = randomUUID();
  const child = spawn('/bin/sh', ['-c', script, 'watchdog', `${markName}=${id}`], {
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
  return {
    mark: { [markName]: id },
    guard(leaderId) {
      pipe.write(`${leaderId}\n`);
    },
    async [Symbol.asyncDispose]() {
      pipe.end('goodbye\n');
      await exited;
    },
  };
}
