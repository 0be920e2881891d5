import { PassThrough } from 'node:stream';
import { createRedactor } from '@exoship/exo-runner';
import type { Context } from '../../src/context.ts';
import { createJob, type Job } from '../../src/job.ts';
import { systemClock } from '../../src/system-clock.ts';

export interface FakeJob {
  readonly job: Job;
  readonly context: Context;
  /** Everything written to stderr so far. */
  stderr(): string;
  stdout(): string;
}

/** A job whose surroundings are all in memory. */
export function fakeJob(overrides: Partial<Context> = {}): FakeJob {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const context: Context = {
    env: {},
    cwd: '/',
    stdin: new PassThrough(),
    stdout,
    stderr,
    isInteractive: false,
    signal: new AbortController().signal,
    clock: systemClock,
    redactor: createRedactor(),
    ...overrides,
  };
  const written = { stdout: '', stderr: '' };
  stdout.on('data', (chunk: Buffer) => {
    written.stdout += String(chunk);
  });
  stderr.on('data', (chunk: Buffer) => {
    written.stderr += String(chunk);
  });
  return {
    job: createJob(context),
    context,
    stderr: () => `${written.stderr}${stderr.read() ?? ''}`,
    stdout: () => `${written.stdout}${stdout.read() ?? ''}`,
  };
}
