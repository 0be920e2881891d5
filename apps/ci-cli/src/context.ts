import type { Readable, Writable } from 'node:stream';
import type { RedactorSink } from '@exoship/exo-runner';

export interface Clock {
  now(): Date;
  monotonicMs(): number;
  sleep(ms: number, options?: { readonly signal?: AbortSignal | undefined }): Promise<void>;
}

/** Everything ambient, handed in once: only `main.ts` makes the real one. */
export interface Context {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** Whether a person watches stderr: then progress is alive, else it is plain appended lines. */
  readonly isInteractive: boolean;
  /** Aborted with an `Interruption` by the first SIGINT, SIGTERM or SIGHUP. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** Told of every secret the moment it appears; everything that is printed passes it. */
  readonly redactor: RedactorSink;
}
