import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PackerError } from './error.ts';
import type { Secret } from './secret.ts';

export interface PrivateFolder {
  readonly path: string;
  readonly temporary: string;
  readonly cache: string;
  readonly home: string;
  /** `undefined` when there are no secret variables. */
  readonly variableFile: string | undefined;
  remove(): Promise<void>;
}

/** Plugins listen on unix sockets in TMPDIR, whose paths hold 107 bytes: room for `/packer-plugin` and ten digits. */
const LONGEST_TEMPORARY = 107 - 25;

/**
 * Makes a folder that only this user can enter.
 *
 * @throws PackerError `folder-unusable`; RangeError when `parent` is so long that Packer could not start its plugins.
 */
export async function createPrivateFolder(
  parent: string,
  secretVariables: Readonly<Record<string, Secret>>,
): Promise<PrivateFolder> {
  const longestParent = LONGEST_TEMPORARY - '/pk-XXXXXX/t'.length;
  if (Buffer.byteLength(parent) > longestParent) {
    throw new RangeError(
      `"folder" must be at most ${longestParent} bytes long, for Packer's sockets: got "${parent}"`,
    );
  }
  const path = await makeFolder(parent);
  const remove = async (): Promise<void> => {
    await rm(path, { recursive: true, force: true, maxRetries: 3 });
  };
  try {
    const [temporary, cache, home] = [join(path, 't'), join(path, 'c'), join(path, 'h')];
    for (const folder of [temporary, cache, home]) await mkdir(folder, { mode: 0o700 });
    const variableFile = await writeVariables(path, secretVariables);
    return { path, temporary, cache, home, variableFile, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function makeFolder(parent: string): Promise<string> {
  try {
    await mkdir(parent, { recursive: true });
    // It is 0700, whatever the umask.
    return await mkdtemp(join(parent, 'pk-'));
  } catch (cause) {
    throw new PackerError('folder-unusable', `Cannot make a folder in "${parent}"`, { cause });
  }
}

/** JSON serves both kinds of template; the ending is how Packer tells. */
async function writeVariables(
  folder: string,
  secretVariables: Readonly<Record<string, Secret>>,
): Promise<string | undefined> {
  const names = Object.keys(secretVariables);
  if (names.length === 0) return undefined;
  const values = names.map((name) => [name, secretVariables[name]?.reveal()] as const);
  const path = join(folder, 'secret.pkrvars.json');
  await writeFile(path, JSON.stringify(Object.fromEntries(values)), { mode: 0o600, flag: 'wx' });
  return path;
}
