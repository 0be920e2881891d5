import { CliError } from '../cli-error.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Job } from '../job.ts';

/** Node itself prints what these name: headers, and with them tokens. No redactor stands in between. */
const loud = /(?:^|,)\s*(?:\*|http|https|http2|net|tls|stream|undici|fetch)/i;

/** Before any secret is read. @throws CliError when the process was started so that it would print them */
export function refuseExposure({ context, progress }: Job): void {
  const { env } = context;
  if (loud.test(env.NODE_DEBUG ?? '')) throw refused('NODE_DEBUG', 'prints tokens to the log');
  if (/--inspect|--heapsnapshot|--report-on/.test(env.NODE_OPTIONS ?? '')) {
    throw refused('NODE_OPTIONS', 'lets others look into the memory of this process');
  }
  if (env.CI_DEBUG_TRACE === 'true') {
    progress.warn('CI_DEBUG_TRACE is on: the runner itself prints every variable, secrets too');
  }
}

function refused(variable: string, why: string): CliError {
  return new CliError(`${variable} ${why}: will not handle credentials so`, {
    exitCode: exitCodes.usage,
    remedy: `Unset ${variable} for this job`,
  });
}
