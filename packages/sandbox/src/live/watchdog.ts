import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Kills what we have started, and removes our folder, when we can no longer do it ourselves. */
export interface Watchdog extends AsyncDisposable {
  /** Names a process group that must not outlive us. */
  guard(group: number): void;
  forget(group: number): void;
  /** Ends the watch: whatever is still guarded is killed, the folder removed. Idempotent. */
  close(): Promise<void>;
}

/**
 * The end of standard input is the one signal that also comes after SIGKILL. A group that we were killed before naming
 * is found by its working directory.
 */
const script = `
groups=' '
while read -r verb group; do
  case $verb in
    guard) groups="$groups$group " ;;
    forget) groups="\${groups%% $group *} \${groups#* $group }" ;;
  esac
done
for group in $groups; do kill -KILL "-$group"; done
ls -l /proc/[0-9]*/cwd 2>/dev/null | while read -r line; do
  case $line in
    *" -> $1/"*) line=\${line#* /proc/}; kill -KILL "\${line%%/*}" ;;
  esac
done
rm -rf "$1"
`;

/** Starts a shell that outlives a SIGKILL of this process just long enough to clean up `folder` and its processes. */
export async function startWatchdog(folder: string): Promise<Watchdog> {
  // Its own session: a Ctrl-C in the terminal must not end it before us.
  const shell = spawn('/bin/sh', ['-c', script, 'exoship-watchdog', folder], {
    cwd: '/',
    env: { PATH: '/usr/bin:/bin' },
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  await once(shell, 'spawn');
  const gone = once(shell, 'exit');
  shell.stdin.on('error', () => undefined);

  async function close(): Promise<void> {
    shell.stdin.end();
    await gone;
  }

  return {
    guard: (group) => shell.stdin.write(`guard ${group}\n`),
    forget: (group) => shell.stdin.write(`forget ${group}\n`),
    close,
    [Symbol.asyncDispose]: close,
  };
}
