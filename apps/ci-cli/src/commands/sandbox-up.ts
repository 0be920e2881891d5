import { type SandboxOptions, type Switches, startSandbox } from '@exoship/sandbox';
import { CliError } from '../cli-error.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Job } from '../job.ts';
import type { Flags } from '../load-settings.ts';
import { observedSwitches } from './observed-switches.ts';

/** Serves the sandbox until the process is told to stop; stdout gets lines that a shell can evaluate. */
export async function sandboxUp(job: Job, flags: Flags): Promise<number> {
  const { context, progress } = job;
  const starting = startSandbox({
    zone: String(flags.zone),
    port: wholeNumber('--port', flags.port, 65_535),
    appPort: wholeNumber('--app-port', flags.appPort, 65_535),
    switches: await observedSwitches(context.cwd, flags.observed as string | undefined),
    victims: victimsOf(flags.victims),
    speed: number('--speed', flags.speed),
    latencies: latenciesOf(flags.latencies),
    bootFailureShare: number('--boot-failures', flags.bootFailures),
    onProblem: (problem) => {
      progress.line(problem instanceof Error ? problem.message : String(problem));
    },
    ...(flags.seed !== undefined && { seed: wholeNumber('--seed', flags.seed, 2 ** 32 - 1) }),
  });
  await using sandbox = await starting.catch(asUsageError);
  // `exo` needs a key to look around with; ci-cli never takes one from its environment.
  const { key, secret } = sandbox.adminCredentials;
  const exported = {
    ...sandbox.env,
    EXOSCALE_API_KEY: key,
    EXOSCALE_API_SECRET: secret.reveal(),
    SANDBOX_FAULTS: sandbox.faultsEndpoint,
    SANDBOX_TOKEN: sandbox.adminToken.reveal(),
  };
  for (const [name, value] of Object.entries(exported)) {
    context.stdout.write(`export ${name}='${value}'\n`);
  }
  context.stdout.write(faultsExample);
  progress.line(
    `sandbox up, seed ${sandbox.seed}; API ${sandbox.apiEndpoint}, Vault ${sandbox.vaultAddress}`,
  );
  progress.line('stop it with Ctrl-C');
  await untilAborted(context.signal);
  progress.line('stopping');
  return exitCodes.ok;
}

/** All options come from flags, and the sandbox says which of them it cannot take. */
function asUsageError(error: unknown): never {
  const isRefused = error instanceof TypeError || error instanceof RangeError;
  if (!isRefused) throw error;
  const message = error.message
    .replace(/^(speed|zone)\b/, '--$1')
    .replace(/^bootFailureShare\b/, '--boot-failures');
  throw new CliError(message, { exitCode: exitCodes.usage, cause: error });
}

/** A comment to the shell that evaluates it. */
const faultsExample = `# The next two scalings fail: curl -H "Authorization: Bearer $SANDBOX_TOKEN" "$SANDBOX_FAULTS" -d '{"kind":"status","status":503,"count":2,"match":{"operation":"scale-instance-pool"}}'
`;

function untilAborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (signal.aborted) resolve();
  signal.addEventListener('abort', () => resolve(), { once: true });
  return promise;
}

function victimsOf(value: unknown): Switches['scaleDownVictims'] | undefined {
  if (value === undefined) return undefined;
  if (value === 'oldest' || value === 'newest' || value === 'random') return value;
  throw new CliError(`--victims takes oldest, newest or random: got ${JSON.stringify(value)}`, {
    exitCode: exitCodes.usage,
  });
}

/** Which numbers make sense, the sandbox knows. */
function number(name: string, value: unknown): number {
  const number = Number(value);
  if (Number.isFinite(number) && String(value).trim() !== '') return number;
  throw new CliError(`${name} takes a number: got "${String(value)}"`, {
    exitCode: exitCodes.usage,
  });
}

function latenciesOf(value: unknown): NonNullable<SandboxOptions['latencies']> {
  try {
    return JSON.parse(String(value)) as NonNullable<SandboxOptions['latencies']>;
  } catch (cause) {
    throw new CliError('--latencies takes JSON, such as {"bootMs":2000}', {
      exitCode: exitCodes.usage,
      cause,
    });
  }
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
