import { startSandbox } from '@exoship/sandbox';
import { CliError } from '../cli-error.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Job } from '../job.ts';
import type { Flags } from '../load-settings.ts';

/** Serves the sandbox until the process is told to stop; stdout gets lines that a shell can evaluate. */
export async function sandboxUp(job: Job, flags: Flags): Promise<number> {
  const { context, progress } = job;
  await using sandbox = await startSandbox({
    zone: String(flags.zone),
    port: wholeNumber('--port', flags.port, 65_535),
    appPort: wholeNumber('--app-port', flags.appPort, 65_535),
    victims: victimsOf(flags.victims),
    onProblem: (problem) => {
      progress.line(problem instanceof Error ? problem.message : String(problem));
    },
    ...(flags.seed !== undefined && { seed: wholeNumber('--seed', flags.seed, 2 ** 32 - 1) }),
  });
  // `exo` needs a key to look around with; ci-cli never takes one from its environment.
  const { key, secret } = sandbox.adminCredentials;
  const exported = { ...sandbox.env, EXOSCALE_API_KEY: key, EXOSCALE_API_SECRET: secret.reveal() };
  for (const [name, value] of Object.entries(exported)) {
    context.stdout.write(`export ${name}='${value}'\n`);
  }
  progress.line(
    `sandbox up, seed ${sandbox.seed}; API ${sandbox.apiEndpoint}, Vault ${sandbox.vaultAddress}`,
  );
  progress.line('stop it with Ctrl-C');
  await untilAborted(context.signal);
  progress.line('stopping');
  return exitCodes.ok;
}

function untilAborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (signal.aborted) resolve();
  signal.addEventListener('abort', () => resolve(), { once: true });
  return promise;
}

function victimsOf(value: unknown): 'oldest' | 'newest' | 'random' {
  if (value === 'oldest' || value === 'newest' || value === 'random') return value;
  throw new CliError(`--victims takes oldest, newest or random: got "${String(value)}"`, {
    exitCode: exitCodes.usage,
  });
}

function wholeNumber(name: string, value: unknown, most: number): number {
  const number = Number(value);
  if (Number.isInteger(number) && number >= 0 && number <= most && String(value).trim() !== '') {
    return number;
  }
  throw new CliError(`${name} takes a whole number up to ${most}: got "${String(value)}"`, {
    exitCode: exitCodes.usage,
  });
}
