import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { CliError } from './cli-error.ts';
import { exitCodes } from './exit-codes.ts';

/**
 * Refuses a file that could not be written, before the work whose outcome goes there: an hour's build must not end in a
 * mistyped path. Nothing is made; folders on the way may be missing.
 *
 * @throws CliError naming the flag and the file
 */
export async function assertWritable(flag: string, file: string | undefined): Promise<void> {
  if (file === undefined) return;
  const why = await whyUnwritable(resolve(file));
  if (why === undefined) return;
  throw new CliError(`Cannot write ${flag} "${file}": ${why}`, {
    exitCode: exitCodes.usage,
    remedy: `Let ${flag} name a file in a folder that this job may write to`,
  });
}

async function whyUnwritable(path: string): Promise<string | undefined> {
  const kind = await kindOf(path);
  if (kind === 'folder') return 'it is a folder';
  const place = kind === 'file' ? path : await nearestFolder(dirname(path));
  if (place === undefined) return 'a part of its path is no folder';
  return await access(place, constants.W_OK).then(
    () => undefined,
    () => `this user may not write to "${place}"`,
  );
}

async function nearestFolder(path: string): Promise<string | undefined> {
  const kind = await kindOf(path);
  if (kind === 'folder') return path;
  return kind === 'file' ? undefined : await nearestFolder(dirname(path));
}

async function kindOf(path: string): Promise<'file' | 'folder' | 'nothing'> {
  return await stat(path).then(
    (entry) => (entry.isDirectory() ? 'folder' : 'file'),
    () => 'nothing',
  );
}
