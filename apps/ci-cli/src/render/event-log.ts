import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { finished } from 'node:stream/promises';
import type { RedactorSink } from '@exoship/exo-runner';

/** A file of events, one JSON object a line, for reports and for whoever has to find out what happened. */
export interface EventLog extends AsyncDisposable {
  append(event: object): void;
}

export interface EventLogOptions {
  readonly redactor: RedactorSink;
  /** Told once, when events cannot be written any more: a full disk is no reason to drop what is being done. */
  readonly onLost: (why: string) => void;
}

/** @param file - nothing is written when it is `undefined`. */
export async function openEventLog(
  file: string | undefined,
  { redactor, onLost }: EventLogOptions,
): Promise<EventLog> {
  if (file === undefined) return { append: () => {}, [Symbol.asyncDispose]: async () => {} };
  await mkdir(dirname(file), { recursive: true });
  const stream = createWriteStream(file, { flags: 'a' });
  stream.on('error', (error) => onLost(`Events are lost from now on: ${error.message}`));
  return {
    append: (event) => {
      if (!stream.destroyed) stream.write(redactor.redact(`${JSON.stringify(event)}\n`));
    },
    [Symbol.asyncDispose]: async () => {
      stream.end();
      // What went wrong has been told already.
      await finished(stream).catch(() => {});
    },
  };
}
