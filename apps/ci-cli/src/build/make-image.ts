import { stat } from 'node:fs/promises';
import { type BuildResult, buildTemplate, isPackerError, type Secret } from '@exoship/packer-build';
import { CliError } from '../cli-error.ts';
import { readSecret } from '../credentials/read-secret.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Job } from '../job.ts';
import { packerLine } from '../render/packer-line.ts';
import { readMemory, remember } from './build-memory.ts';
import { fillUserData } from './fill-user-data.ts';
import { type Machine, openMachine, verifyMachine } from './machine-image.ts';
import type { BuildPlan } from './plan-build.ts';
import { runCommand } from './run-command.ts';

/** Makes `plan.image`, with Packer or with the command that stands in for it. No credential exists meanwhile. */
export async function makeImage(job: Job, plan: BuildPlan): Promise<void> {
  const machine = plan.machine && (await openMachine(job, plan));
  const { packerTemplate: template } = plan;
  if (template === undefined) await makeWithCommand(job, plan);
  else {
    await makeWithPacker(job, plan, { template, machine }).catch(
      async (error: unknown) => await makeWithout(job, plan, error),
    );
  }
  await assertMade(plan);
  if (machine !== undefined && plan.machine !== undefined) {
    await verifyMachine(job, plan, { ...machine, ...plan.machine });
  }
}

async function assertMade(plan: BuildPlan): Promise<void> {
  const made = await stat(plan.image).catch(() => undefined);
  if (made?.isFile()) return;
  throw new CliError(`The build ended well but left no file "${plan.image}"`, {
    exitCode: exitCodes.packer,
    remedy: 'Make `build.artifact` in exoship.yaml the file that the template writes',
  });
}

interface PackerRun {
  readonly template: string;
  readonly machine: Machine | undefined;
  /** Besides those of the configuration. */
  readonly secretVariables?: Readonly<Record<string, Secret>>;
}

export async function makeWithPacker(
  job: Job,
  plan: BuildPlan,
  { template, machine, secretVariables = {} }: PackerRun,
): Promise<BuildResult> {
  const { context, progress } = job;
  const { timings = {} } = await readMemory(job);
  const secrets = await readSecretVariables(job, plan);
  const userData = machine && (await fillUserData(plan, machine, secrets));
  const result = await buildTemplate({
    template,
    ...(plan.packerPlugins && { plugins: plan.packerPlugins }),
    variables: { ...plan.variables, ...(machine && { accelerator: machine.accelerator }) },
    secretVariables: { ...secrets, ...secretVariables },
    ...(machine && {
      sshKey: { key: machine.key, variable: 'ssh_private_key_file' },
      seed: { variable: 'seed', userData },
    }),
    env: context.env,
    inherit: ['PACKER_GITHUB_API_TOKEN'],
    folder: plan.folder,
    redact: (line) => context.redactor.redact(line),
    lastTimings: timings[template] ?? [],
    deadlineMs: plan.timeoutMs,
    clock: context.clock,
    signal: context.signal,
    onEvent: (event) => {
      const line = packerLine(event);
      if (line !== undefined) progress.line(line);
    },
  });
  await remember(job, { timings: { [template]: result.timings } });
  progress.line(`packer finished after ${(result.durationMs / 1000).toFixed(1)} s`);
  return result;
}

async function readSecretVariables(
  job: Job,
  { secretVariables }: BuildPlan,
): Promise<Readonly<Record<string, Secret>>> {
  const entries: [string, Secret][] = [];
  for (const [name, from] of Object.entries(secretVariables)) {
    entries.push([name, await readSecret(job, from, `secret variable "${name}"`)]);
  }
  return Object.fromEntries(entries);
}

async function makeWithout(job: Job, plan: BuildPlan, error: unknown): Promise<void> {
  const canDoWithout = isPackerError(error) && error.code === 'not-installed';
  if (!canDoWithout || plan.withoutPacker === undefined) throw error;
  job.progress.line('packer is not installed: making the same image with the command in its place');
  await makeWithCommand(job, plan);
}

async function makeWithCommand(job: Job, plan: BuildPlan): Promise<void> {
  const command = plan.withoutPacker;
  if (command === undefined) return;
  const { exitCode, lastLines } = await runCommand(command, {
    cwd: plan.sources,
    // By the folder in it, whoever watches over that finds what outlived us.
    env: { ...job.context.env, TMPDIR: plan.folder },
    timeoutMs: plan.timeoutMs,
    signal: job.context.signal,
    onLine: (line) => job.progress.line(`  ${line}`),
  });
  if (exitCode === 0) return;
  throw new CliError(
    `"${command[0]}" made no image: exit code ${exitCode}: ${lastLines.at(-1) ?? ''}`,
    {
      exitCode: exitCodes.packer,
    },
  );
}
