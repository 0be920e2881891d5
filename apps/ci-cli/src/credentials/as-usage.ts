import { CliError } from '../cli-error.ts';
import { exitCodes } from '../exit-codes.ts';

/** Runs what checks its options at the door: what it refuses there is a setting of this job, not a bug. */
export async function asUsage<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
    throw new CliError(error.message, {
      exitCode: exitCodes.usage,
      remedy: 'Mend the variable of the job, or `vault` in exoship.yaml',
      cause: error,
    });
  }
}
