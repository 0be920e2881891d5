import type { RolloutResult } from '@exoship/rollout';
import { CliError } from './cli-error.ts';
import { exitCodes } from './exit-codes.ts';

/** What a rollout that did not end on the new template means for the pipeline; `undefined` when it did. */
export function rolloutFailure(result: RolloutResult, signal: AbortSignal): unknown {
  const { outcome, reason, from } = result;
  switch (outcome) {
    case 'completed':
    case 'unchanged':
      return undefined;
    case 'rolled-back':
      return new CliError(`Rolled back, every member runs ${from} again: ${reason}`, {
        exitCode: exitCodes.rolledBack,
        remedy: 'Mend the app; the old version serves',
      });
    case 'refused':
      return new CliError(`Refused, nothing was changed: ${reason}`, {
        exitCode: exitCodes.refused,
      });
    case 'locked':
      return new CliError(`Another controller has this pool: ${reason}`, {
        exitCode: exitCodes.refused,
        remedy: 'Cancel that job, which gives the lease back, or run again when it has ended',
        retryable: true,
      });
    case 'paused':
    case 'awaiting-approval':
      return new CliError(`Waits for a person: ${reason}`, { exitCode: exitCodes.waiting });
    case 'interrupted':
      // Nobody interrupted us: it is another's lease that was removed, as asked.
      return signal.aborted ? interrupted(result, signal) : undefined;
    case 'stuck':
      return new CliError(`Stuck, a person must look: ${reason}`, {
        exitCode: exitCodes.stuck,
        remedy: 'Run `ci-cli deploy` again to resume, once the cause is gone',
        retryable: true,
      });
  }
}

/** A signal's own code would say that nothing is half done. */
function interrupted({ reason, mutations }: RolloutResult, signal: AbortSignal): unknown {
  if (mutations === 0) return signal.reason;
  return new CliError(`Interrupted half-way, the pool serves but is mixed: ${reason}`, {
    exitCode: exitCodes.stuck,
    remedy: 'Run the same `ci-cli deploy` again: it resumes',
    retryable: true,
  });
}
