import { CliError } from '../cli-error.ts';
import type { Job } from '../job.ts';

export interface Stage {
  readonly ms: number;
  /** As in "Cannot … within". */
  readonly what: string;
  readonly exitCode: number;
}

/**
 * Gives a stage of the build a deadline of its own: its job is interrupted by that as by a signal.
 *
 * @throws CliError when the stage took too long; it has cleaned up by then.
 */
export async function within<T>(
  job: Job,
  { ms, what, exitCode }: Stage,
  body: (job: Job) => Promise<T>,
): Promise<T> {
  const { signal } = job.context;
  const overdue = new AbortController();
  const timer = setTimeout(() => overdue.abort(new DOMException(what, 'TimeoutError')), ms);
  try {
    const limited = AbortSignal.any([signal, overdue.signal]);
    return await body({ ...job, context: { ...job.context, signal: limited } });
  } catch (error) {
    if (!overdue.signal.aborted || signal.aborted) throw error;
    throw new CliError(`Cannot ${what} within ${Math.round(ms / 1_000)} s`, {
      exitCode,
      retryable: true,
      cause: error,
    });
  } finally {
    clearTimeout(timer);
  }
}
