import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { finished } from 'node:stream/promises';
import type { RedactorSink } from '@exoship/exo-runner';

/** A file of events, one JSON object a line, for reports and for whoever has to find out what happened. */
export interface EventLog extends AsyncDisposable {
  append(event: object): void;
}

/** @param file - nothing is written when it is `undefined`. */
export async function openEventLog(
  file: string | undefined,
  redactor: RedactorSink,
): Promise<EventLog> {
  if (file === undefined) return { append: () => {}, [Symbol.asyncDispose]: async () => {} };
  await mkdir(dirname(file), { recursive: true });
  const stream = createWriteStream(file, { flags: 'a' });
  return {
    append: (event) => {
      stream.write(redactor.redact(`${JSON.stringify(event)}\n`));
    },
    [Symbol.asyncDispose]: async () => {
      stream.end();
      await finished(stream);
    },
  };
}
