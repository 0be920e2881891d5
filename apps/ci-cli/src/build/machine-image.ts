import {
  type Accelerator,
  chooseAccelerator,
  createSshKey,
  type SshKey,
  verifyImage,
} from '@exoship/packer-build';
import { probe } from '@exoship/smoke';
import { CliError } from '../cli-error.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Job } from '../job.ts';
import { describeHost, readMemory, remember } from './build-memory.ts';
import type { BuildPlan, MachinePlan } from './plan-build.ts';

/** What one build of a disk needs besides its template. */
export interface Machine {
  readonly accelerator: Accelerator;
  /** Of this build only; must open nothing afterwards. */
  readonly key: SshKey;
}

/** @throws PackerError when QEMU is missing: before anything slow is begun. */
export async function openMachine(job: Job, { folder }: BuildPlan): Promise<Machine> {
  const { redactor } = job.context;
  const accelerator = await probeOnce(job, folder);
  job.progress.line(`QEMU runs with ${accelerator}${accelerator === 'tcg' ? ' (emulation)' : ''}`);
  const key = createSshKey();
  redactor.add(key.privateKey);
  return { accelerator, key };
}

/** The probe of an accelerator that does not work takes seconds, and says the same until the next boot. */
async function probeOnce(job: Job, folder: string): Promise<Accelerator> {
  const host = await describeHost(job);
  const { accelerator: known } = await readMemory(job);
  if (known?.host === host) return known.found;
  const { env, signal } = job.context;
  const found = await chooseAccelerator({ folder, env, signal });
  await remember(job, { accelerator: { host, found } });
  return found;
}

/** Boots the disk as a stranger's machine would, and asks it what the test instance will be asked. */
export async function verifyMachine(
  job: Job,
  plan: BuildPlan,
  machine: Machine & MachinePlan,
): Promise<void> {
  const { env, clock, signal } = job.context;
  const { test } = machine;
  const tls = test.tls && { tls: test.tls };
  const verdict = await verifyImage({
    image: plan.image,
    folder: plan.folder,
    env,
    port: test.port,
    check: async (target, options) =>
      await probe({ ...target, ...tls }, test.checks, {
        requestTimeoutMs: test.requestTimeoutMs,
        clock,
        signal: options.signal,
      }),
    sshKey: machine.key,
    user: machine.user,
    memoryMib: machine.memoryMib,
    accelerator: machine.accelerator,
    deadlineMs: machine.verifyTimeoutMs,
    clock,
    signal,
  });
  for (const { what, passed, detail } of verdict.findings) {
    job.progress.line(`  ${passed ? 'ok  ' : 'FAIL'} ${what}: ${detail}`);
  }
  if (verdict.passed) {
    const seconds = ((verdict.readyAfterMs ?? 0) / 1_000).toFixed(1);
    job.progress.line(`the image was verified, ready ${seconds} s after power on`);
    return;
  }
  for (const line of verdict.console.split(/\r?\n/).slice(-20)) job.progress.line(`  | ${line}`);
  const failed = verdict.findings.filter(({ passed }) => !passed).map(({ what }) => what);
  throw new CliError(`The image will not do: ${failed.join(', ')}`, {
    exitCode: exitCodes.packer,
    remedy: 'The lines above say what was seen, and what the machine last printed',
  });
}
