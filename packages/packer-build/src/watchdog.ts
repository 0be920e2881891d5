import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface Watchdog {
  /** The group has ended: there is nothing left to watch. */
  dismiss(): Promise<void>;
}

/** Reads one word; without it, its pipe was closed because we died. */
const SCRIPT = `
read -r word
[ "$word" = dismissed ] && exit 0
kill -s TERM -- "-$1" 2>/dev/null
sleep "$2"
kill -s KILL -- "-$1" 2>/dev/null
rm -rf -- "$3"
`;

/**
 * Starts a shell that outlives us just long enough: when this process dies without a word (SIGKILL, out of memory), it
 * ends the group and removes the folder, which nobody else would.
 */
export function startWatchdog(options: {
  readonly groupId: number;
  readonly folder: string;
  readonly graceMs: number;
  readonly path: string;
}): Watchdog {
  const { groupId, folder, graceMs, path } = options;
  const graceSeconds = String(Math.ceil(graceMs / 1_000));
  const shell = spawn(
    '/bin/sh',
    ['-c', SCRIPT, 'watchdog', String(groupId), graceSeconds, folder],
    {
      // A group of its own: what kills ours must not kill it.
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
      env: { PATH: path },
      cwd: '/',
    },
  );
  const ended = once(shell, 'exit').catch(() => undefined);
  // Without a shell there is no watchdog, and the build goes on.
  shell.on('error', () => {});
  shell.stdin.on('error', () => {});
  return {
    dismiss: async () => {
      shell.stdin.end('dismissed\n');
      await ended;
    },
  };
}
