import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PackerError } from './error.ts';
import type { Secret } from './secret.ts';
import { seedImage } from './seed-image.ts';
import type { SshKey } from './ssh-key.ts';
import { startWatchdog } from './watchdog.ts';

export interface PrivateFolder {
  readonly path: string;
  readonly temporary: string;
  readonly cache: string;
  readonly home: string;
  /** Holds a link to everything in the folder it stands in for. */
  readonly work: string;
  /** `undefined` when there are no secret variables. */
  readonly variableFile: string | undefined;
  /** `undefined` when there is no key. */
  readonly keyFile: string | undefined;
  /** `undefined` when there is no seed. */
  readonly seedFile: string | undefined;
  /** Has a process group ended, and the folder removed, should we die. */
  guard(groupId: number): void;
  remove(): Promise<void>;
}

/** What is written into the folder, all of it for this user's eyes only. */
export interface FolderContents {
  readonly secretVariables?: Readonly<Record<string, Secret>> | undefined;
  readonly sshKey?: SshKey | undefined;
  /** User data of a machine; a NoCloud image is made of it. */
  readonly userData?: string | undefined;
  /** A folder that `work` stands in for. */
  readonly standsFor?: string | undefined;
}

export interface FolderPlace {
  readonly parent: string;
  /** From SIGTERM to SIGKILL, for what still runs when we die. */
  readonly graceMs: number;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Plugins listen on unix sockets in TMPDIR, whose paths hold 107 bytes: room for `/packer-plugin` and ten digits. */
const LONGEST_TEMPORARY = 107 - 25;

/**
 * Makes a folder that only this user can enter, and that does not outlive this process, however that ends.
 *
 * @throws PackerError `folder-unusable`; RangeError when `parent` is so long that Packer could not start its plugins.
 */
export async function createPrivateFolder(
  place: FolderPlace,
  contents: FolderContents,
): Promise<PrivateFolder> {
  const path = await makeFolder(place.parent);
  const watchdog = await startWatchdog({
    folder: path,
    graceMs: place.graceMs,
    path: place.env.PATH ?? '',
  });
  const remove = async (): Promise<void> => {
    try {
      await rm(path, { recursive: true, force: true, maxRetries: 3 });
    } finally {
      await watchdog.dismiss();
    }
  };
  try {
    return { path, ...(await fill(path, contents)), guard: watchdog.guard, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function makeFolder(parent: string): Promise<string> {
  const longestParent = LONGEST_TEMPORARY - '/pk-XXXXXX/t'.length;
  if (Buffer.byteLength(parent) > longestParent) {
    throw new RangeError(
      `"folder" must be at most ${longestParent} bytes long, for Packer's sockets: got "${parent}"`,
    );
  }
  try {
    await mkdir(parent, { recursive: true });
    // It is 0700, whatever the umask.
    return await mkdtemp(join(parent, 'pk-'));
  } catch (cause) {
    throw new PackerError('folder-unusable', `Cannot make a folder in "${parent}"`, { cause });
  }
}

async function fill(
  path: string,
  { secretVariables = {}, sshKey, userData, standsFor }: FolderContents,
): Promise<Omit<PrivateFolder, 'path' | 'guard' | 'remove'>> {
  const [temporary, cache, home, work] = ['t', 'c', 'h', 'w'].map((name) => join(path, name)) as [
    string,
    string,
    string,
    string,
  ];
  for (const folder of [temporary, cache, home, work]) await mkdir(folder, { mode: 0o700 });
  if (standsFor !== undefined) {
    const names = await readdir(standsFor);
    await Promise.all(names.map((name) => symlink(join(standsFor, name), join(work, name))));
  }
  const write = async (name: string, content: string | Uint8Array): Promise<string> => {
    const file = join(path, name);
    await writeFile(file, content, { mode: 0o600, flag: 'wx' });
    return file;
  };
  const variables = variablesText(secretVariables);
  const [variableFile, keyFile, seedFile] = [
    // JSON serves both kinds of template; the ending is how Packer tells.
    variables && (await write('secret.pkrvars.json', variables)),
    sshKey && (await write('ssh-key', sshKey.privateKey.reveal())),
    userData && (await write('seed.iso', seedImage(userData))),
  ];
  return { temporary, cache, home, work, variableFile, keyFile, seedFile };
}

function variablesText(secretVariables: Readonly<Record<string, Secret>>): string | undefined {
  const names = Object.keys(secretVariables);
  if (names.length === 0) return undefined;
  const values = names.map((name) => [name, secretVariables[name]?.reveal()] as const);
  return JSON.stringify(Object.fromEntries(values));
}
