import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CliError } from '../cli-error.ts';
import { exitCodes } from '../exit-codes.ts';
import { whyUnreadable } from '../why-unreadable.ts';
import { writeOwner } from './folder-owner.ts';

/** Where one build puts everything. */
export interface BuildFolder extends AsyncDisposable {
  readonly path: string;
}

export const folderPrefix = 'exoship-build-';

/** Packer's plugins listen on sockets below it, whose paths must not be longer than 107 bytes. */
const LONGEST_ROOT = 45;

/** Where build folders are made: TMPDIR, unless that is too deep. */
export function buildRoot(): string {
  const root = tmpdir();
  return Buffer.byteLength(root) > LONGEST_ROOT ? '/tmp' : root;
}

// The end of its input means that we are dead; a line, that all is well. By then the children have been told to end by
// who started them: what is still there is known by the folder in its environment, and gets no more time.
const SCRIPT = `
trap '' HUP INT TERM
read -r goodbye && exit 0
sleep 3
for file in $(grep -lsF -- "$1" /proc/[0-9]*/environ); do
  pid=\${file#/proc/}
  kill -s KILL -- "-\${pid%/environ}"
  kill -s KILL -- "\${pid%/environ}"
done
rm -rf -- "$1" || { sleep 1; rm -rf -- "$1"; }
`;

/** A folder that is not there is not made: TMPDIR is more likely mistyped. */
async function assertFolder(root: string): Promise<void> {
  const why = await stat(root).then(
    (entry) => (entry.isDirectory() ? undefined : 'it is no folder'),
    (error: unknown) => whyUnreadable(error).replace('file', 'folder'),
  );
  if (why === undefined) return;
  throw new CliError(`Cannot build in "${root}": ${why}`, {
    exitCode: exitCodes.usage,
    remedy: 'Let TMPDIR name a folder that is there, or unset it',
  });
}

/** Makes a folder for this user only, which goes with this process, however that ends. */
export async function openBuildFolder(root: string = buildRoot()): Promise<BuildFolder> {
  await assertFolder(root);
  const path = join(root, `${folderPrefix}${randomUUID().slice(0, 8)}`);
  const guard = spawn('/bin/sh', ['-c', SCRIPT, 'guard', path], {
    cwd: '/',
    detached: true,
    env: { PATH: '/usr/bin:/bin' },
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const exited = once(guard, 'exit').catch(() => {});
  guard.stdin.on('error', () => {});
  try {
    await once(guard, 'spawn');
    // Only now: there is no moment at which the folder has no guard.
    await mkdir(path, { mode: 0o700 });
    await writeOwner(path);
  } catch (cause) {
    await rm(path, { recursive: true, force: true });
    guard.stdin.end('goodbye\n');
    throw new CliError(`Cannot make the folder "${path}", or watch over it`, {
      exitCode: exitCodes.usage,
      cause,
    });
  }
  return {
    path,
    [Symbol.asyncDispose]: async () => {
      await rm(path, { recursive: true, force: true, maxRetries: 3 });
      guard.stdin.end('goodbye\n');
      await exited;
    },
  };
}
