import { CommanderError } from 'commander';
import type { Context } from './context.ts';
import { exitCodes, gravest } from './exit-codes.ts';
import { type Failure, toFailure } from './failure.ts';
import { createJob, type Job } from './job.ts';
import { createProgram } from './program.ts';

/** Runs one command line and returns its exit code: the only place that turns errors into lines. */
export async function run(argv: readonly string[], context: Context): Promise<number> {
  const job = createJob(context);
  const acknowledge = (): void => {
    job.progress.line(`${messageOf(context.signal.reason)}: stopping, and giving everything back`);
  };
  context.signal.addEventListener('abort', acknowledge, { once: true });
  try {
    const { program, outcome } = createProgram(job);
    await program.parseAsync(argv, { from: 'user' });
    return finish(job, outcome.exitCode, undefined);
  } catch (error) {
    // commander has already written help, version or its own message.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.usage;
    const failure = toFailure(error);
    return finish(job, failure.exitCode, failure);
  } finally {
    context.signal.removeEventListener('abort', acknowledge);
    job.progress.close();
  }
}

function messageOf(reason: unknown): string {
  return reason instanceof Error ? reason.message : String(reason);
}

function finish(job: Job, bodyCode: number, failure: Failure | undefined): number {
  const exitCode = settle(job, bodyCode);
  if (failure !== undefined) tell(job, failure);
  for (const entry of job.cleanup.entries) {
    if (entry.outcome === 'proven') continue;
    const until = entry.expiresAt ? `; it ends by itself at ${entry.expiresAt.toISOString()}` : '';
    job.progress.warn(`${entry.what}: cleanup ${entry.outcome}: ${entry.detail ?? ''}${until}`);
  }
  printResult(job, exitCode, failure);
  return exitCode;
}

/** A signal's code says that nothing is left half done; a doubtful cleanup is half done. */
function settle({ cleanup, context }: Job, bodyCode: number): number {
  const cleanupCode = cleanup.exitCode();
  const isOurSignal = context.signal.aborted && bodyCode > 128;
  if (isOurSignal && cleanupCode !== exitCodes.ok) return cleanupCode;
  return gravest([bodyCode, cleanupCode]);
}

function tell(job: Job, failure: Failure): void {
  job.progress.line(`error: ${failure.message}`);
  if (failure.remedy) job.progress.line(`  → ${failure.remedy}`);
  if (failure.stack) job.progress.line(failure.stack);
}

function printResult(job: Job, exitCode: number, failure: Failure | undefined): void {
  const format = job.result.format;
  delete job.result.format;
  if (format !== 'json') return;
  const summary = {
    exitCode,
    ...(failure && {
      error: {
        code: failure.code,
        message: failure.message,
        remedy: failure.remedy,
        retryable: failure.retryable,
      },
    }),
    ...job.result,
    cleanup: job.cleanup.entries,
  };
  job.context.stdout.write(job.context.redactor.redact(`${JSON.stringify(summary)}\n`));
}
