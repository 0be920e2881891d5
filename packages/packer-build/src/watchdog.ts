import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { PackerError } from './error.ts';

/** Ends what a folder is used by, and the folder, when this process dies without a word: SIGKILL tells nobody. */
export interface Watchdog {
  /** A process group that works in the folder. */
  guard(groupId: number): void;
  /** All has ended, and the folder is no longer its business. */
  dismiss(): Promise<void>;
}

// It reads groups until a word dismisses it; the end of the pipe means that we are dead. Who was started in the moment
// before is known by the folder, which is in the environment of everything that works in it: a second later, because
// that shows only once a program is loaded. What ends us must not end it first.
const SCRIPT = `
trap '' HUP INT TERM
groups=
while read -r word; do
  [ "$word" = dismissed ] && exit 0
  groups="$groups -$word"
done
for group in $groups; do kill -s TERM -- "$group"; done
sleep "$2"
for group in $groups; do kill -s KILL -- "$group"; done
for file in $(grep -lsF -- "$1" /proc/[0-9]*/environ); do
  pid=\${file#/proc/}
  kill -s KILL -- "-\${pid%/environ}"
  kill -s KILL -- "\${pid%/environ}"
done
rm -rf -- "$1" || { sleep 1; rm -rf -- "$1"; }
`;

/**
 * Starts a shell that outlives us just long enough. To be started before anything is put into the folder, so that there
 * is no moment at which nobody watches.
 *
 * @throws PackerError `folder-unusable` when there is no `/bin/sh`.
 */
export async function startWatchdog(options: {
  readonly folder: string;
  readonly graceMs: number;
  /** Where `sleep`, `grep` and `rm` are. */
  readonly path: string;
}): Promise<Watchdog> {
  const { folder, graceMs, path } = options;
  const graceSeconds = String(Math.max(1, Math.ceil(graceMs / 1_000)));
  const shell = spawn('/bin/sh', ['-c', SCRIPT, 'watchdog', folder, graceSeconds], {
    // A group of its own: what kills ours must not kill it.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { PATH: `${path}:/usr/bin:/bin` },
    cwd: '/',
  });
  const ended = once(shell, 'exit').catch(() => undefined);
  shell.stdin.on('error', () => {});
  try {
    await once(shell, 'spawn');
  } catch (cause) {
    throw new PackerError('folder-unusable', 'Cannot watch over a build: "/bin/sh" does not run', {
      cause,
    });
  }
  return {
    guard: (groupId) => void shell.stdin.write(`${groupId}\n`),
    dismiss: async () => {
      shell.stdin.end('dismissed\n');
      await ended;
    },
  };
}
