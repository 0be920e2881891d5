import { stat } from 'node:fs/promises';
import { buildTemplate, isPackerError } from '@exoship/packer-build';
import { CliError } from '../cli-error.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Job } from '../job.ts';
import { packerLine } from '../render/packer-line.ts';
import { type Machine, openMachine, verifyMachine } from './machine-image.ts';
import type { BuildPlan } from './plan-build.ts';
import { runCommand } from './run-command.ts';

/** Makes `plan.image`, with Packer or with the command that stands in for it. No credential exists meanwhile. */
export async function makeImage(job: Job, plan: BuildPlan): Promise<void> {
  const machine = plan.machine && (await openMachine(job, plan));
  if (plan.packerTemplate === undefined) await makeWithCommand(job, plan);
  else await makeWithPacker(job, plan, { template: plan.packerTemplate, machine });
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

async function makeWithPacker(
  job: Job,
  plan: BuildPlan,
  { template, machine }: { readonly template: string; readonly machine: Machine | undefined },
): Promise<void> {
  const { context, progress } = job;
  try {
    const { durationMs } = await buildTemplate({
      template,
      variables: { ...plan.variables, ...(machine && { accelerator: machine.accelerator }) },
      ...(machine && {
        sshKey: { key: machine.key, variable: 'ssh_private_key_file' },
        seed: { variable: 'seed' },
      }),
      env: context.env,
      folder: plan.folder,
      redact: (line) => context.redactor.redact(line),
      deadlineMs: plan.timeoutMs,
      clock: context.clock,
      signal: context.signal,
      onEvent: (event) => {
        const line = packerLine(event);
        if (line !== undefined) progress.line(line);
      },
    });
    progress.line(`packer finished after ${(durationMs / 1000).toFixed(1)} s`);
  } catch (error) {
    const canDoWithout = isPackerError(error) && error.code === 'not-installed';
    if (!canDoWithout || plan.withoutPacker === undefined) throw error;
    progress.line('packer is not installed: making the same image with the command in its place');
    await makeWithCommand(job, plan);
  }
}

async function makeWithCommand(job: Job, plan: BuildPlan): Promise<void> {
  const command = plan.withoutPacker;
  if (command === undefined) return;
  const { exitCode, lastLines } = await runCommand(command, {
    cwd: plan.sources,
    env: job.context.env,
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
