import { isExoRunnerError, runWithKey } from '@exoship/exo-runner';
import { CliError } from '../cli-error.ts';
import { exitCodes, signalExitCode } from '../exit-codes.ts';
import type { Job } from '../job.ts';
import { type Flags, keySourceOf, loadSettings, type Stage } from '../load-settings.ts';
import { parseDuration } from '../parse-duration.ts';
import { withApiKey } from '../wiring/with-api-key.ts';

/** Runs a command with a key of the stage's role in its environment, redacted; keeps the command's exit code. */
export async function exec(job: Job, flags: Flags, operands: readonly string[]): Promise<number> {
  const [file, ...args] = operands;
  if (file === undefined) {
    throw new CliError('There is no command to run', {
      exitCode: exitCodes.usage,
      remedy: 'Write it after two dashes: ci-cli exec -- exo zone list',
    });
  }
  const settings = await loadSettings(job, flags);
  const { context } = job;
  const source = keySourceOf(settings, stageOf(flags));
  const forMs = flags.for === undefined ? undefined : parseDuration('--for', String(flags.for));
  return await withApiKey(job, source, { forMs }, async (apiKey) => {
    try {
      const { exitCode, signal } = await runWithKey([file, ...args], {
        credentials: apiKey,
        env: context.env,
        extraEnv: {
          EXOSCALE_ZONE: settings.zone,
          ...(settings.apiEndpoint && { EXOSCALE_API_ENDPOINT: settings.apiEndpoint }),
        },
        cwd: context.cwd,
        redactor: context.redactor,
        stdin: 'inherit',
        stdout: context.stdout,
        stderr: context.stderr,
        signal: context.signal,
      });
      return exitCode ?? signalExitCode(signal ?? 'SIGTERM');
    } catch (error) {
      if (!isExoRunnerError(error)) throw error;
      throw new CliError(error.message, { exitCode: exitCodes.execFailed, cause: error });
    }
  });
}

function stageOf(flags: Flags): Stage {
  const { stage } = flags;
  if (stage === 'build' || stage === 'test' || stage === 'deploy') return stage;
  throw new CliError(`--stage takes build, test or deploy: got "${String(stage)}"`, {
    exitCode: exitCodes.usage,
  });
}
