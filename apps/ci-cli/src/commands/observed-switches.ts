import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { readObserved, type Switches } from '@exoship/sandbox';
import { CliError } from '../cli-error.ts';
import { exitCodes } from '../exit-codes.ts';
import { whyUnreadable } from '../why-unreadable.ts';

/** What was seen on a real account, by `pnpm test:live`; what is wrong with the file is named. */
export async function observedSwitches(
  cwd: string,
  file: string | undefined,
): Promise<Partial<Switches>> {
  if (file === undefined) return {};
  try {
    return readObserved(await readFile(resolve(cwd, file), 'utf8'));
  } catch (cause) {
    throw new CliError(`Cannot use --observed "${file}": ${whyUnreadable(cause)}`, {
      exitCode: exitCodes.usage,
      cause,
    });
  }
}
