import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { buildRoot, folderPrefix } from './build-folder.ts';
import { isAbandoned } from './folder-owner.ts';

/**
 * Ends and removes what builds left here whose guard was killed with them, as when a container is stopped. Resolves with
 * the folders that are gone.
 */
export async function reapFolders(root: string = buildRoot()): Promise<readonly string[]> {
  const names = await readdir(root).catch(() => []);
  const reaped: string[] = [];
  for (const name of names.filter((one) => one.startsWith(folderPrefix))) {
    const folder = join(root, name);
    if (!(await isAbandoned(folder))) continue;
    for (const pid of await usersOf(folder)) endNow(pid);
    const isGone = await rm(folder, { recursive: true, force: true, maxRetries: 3 }).then(
      () => true,
      () => false,
    );
    if (isGone) reaped.push(folder);
  }
  return reaped;
}

/** Who has the folder in its environment: a machine of Packer's that outlived it. */
async function usersOf(folder: string): Promise<readonly number[]> {
  const users: number[] = [];
  for (const entry of await readdir('/proc').catch(() => [])) {
    if (!/^\d+$/.test(entry) || Number(entry) === process.pid) continue;
    const environment = await readFile(`/proc/${entry}/environ`, 'latin1').catch(() => '');
    if (environment.includes(`${folder}/`)) users.push(Number(entry));
  }
  return users;
}

function endNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It was quicker, or is somebody else's.
  }
}
