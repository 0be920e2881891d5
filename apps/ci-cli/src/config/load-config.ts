import { createReadStream } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { ConfigError, type ConfigErrorCode } from './config-error.ts';
import type { Config } from './config-schema.ts';
import { parseConfig } from './parse-config.ts';

export interface LoadConfigOptions {
  /** As the user named it; relative to `cwd`. @default 'exoship.yaml' */
  readonly file?: string | undefined;
  readonly cwd: string;
  readonly signal?: AbortSignal | undefined;
}

/** A hundred times what a large file has. */
const MAX_BYTES = 256 * 1024;

/**
 * Reads and checks an exoship.yaml.
 *
 * @throws ConfigError when it cannot be read or used; `signal.reason` when aborted.
 */
export async function loadConfig({
  file = 'exoship.yaml',
  cwd,
  signal,
}: LoadConfigOptions): Promise<Config> {
  const absoluteFile = resolve(cwd, file);
  if (await isNamedPipe(absoluteFile)) {
    throw unusable(
      file,
      'file-unreadable',
      'It is a named pipe, and who writes to it may never come',
    );
  }
  const bytes = await readStart(absoluteFile, signal).catch((error: unknown) => {
    throw explain(error, file);
  });
  if (bytes.length > MAX_BYTES) {
    throw unusable(file, 'file-too-large', `It is larger than ${MAX_BYTES / 1024} KiB`);
  }
  return parseConfig(decode(bytes, file), { file, absoluteFile });
}

/** To open one blocks until somebody writes, and no signal ends that; `<(…)` of a shell is a link, and has its writer. */
async function isNamedPipe(absoluteFile: string): Promise<boolean> {
  return await lstat(absoluteFile).then(
    (entry) => entry.isFIFO(),
    () => false,
  );
}

/** One byte more than is allowed is enough to know. */
async function readStart(
  absoluteFile: string,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  try {
    return await buffer(createReadStream(absoluteFile, { end: MAX_BYTES, signal }));
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}

function decode(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw unusable(file, 'file-unreadable', 'It is not UTF-8 text');
  }
}

function explain(error: unknown, file: string): unknown {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return unusable(file, 'file-missing', 'There is no such file');
    case 'EISDIR':
      return unusable(file, 'file-unreadable', 'It is a folder');
    case 'EACCES':
    case 'EPERM':
      return unusable(file, 'file-unreadable', 'This user may not read it');
    default:
      return error;
  }
}

function unusable(file: string, code: ConfigErrorCode, message: string): ConfigError {
  return new ConfigError(code, { subject: file, problems: [{ message, path: '' }] });
}
