import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseRolloutEvents, toRolloutHtml } from '@exoship/report';
import { CliError } from '../cli-error.ts';
import { exitCodes } from '../exit-codes.ts';
import { whyUnreadable } from '../why-unreadable.ts';

/** Draws a file of events as a page. @throws CliError naming the file and the line that cannot be read. */
export async function drawRolloutReport(eventsFile: string, reportFile: string): Promise<void> {
  const text = await readFile(eventsFile, 'utf8').catch((error: unknown) => {
    throw unreadable(eventsFile, whyUnreadable(error));
  });
  let page: string;
  try {
    page = toRolloutHtml(parseRolloutEvents(text));
  } catch (error) {
    throw unreadable(eventsFile, (error as Error).message);
  }
  await mkdir(dirname(reportFile), { recursive: true });
  await writeFile(reportFile, page);
}

function unreadable(file: string, why: string): CliError {
  return new CliError(`Cannot draw the events in "${file}": ${why}`, {
    exitCode: exitCodes.usage,
    remedy: 'Give the file that `ci-cli deploy --events <file>` has written',
  });
}
