import { detectPacker } from '@exoship/packer-build';
import manifest from '../../package.json' with { type: 'json' };
import type { BuildPlan } from '../build/plan-build.ts';
import { runCommand } from '../build/run-command.ts';
import type { Job } from '../job.ts';

const TIMEOUT_MS = 10_000;

/** Of what made the image; a tool that is not there made nothing. */
export async function toolVersions(
  { context }: Job,
  plan: Pick<BuildPlan, 'packerTemplate' | 'machine' | 'folder'>,
): Promise<Readonly<Record<string, string>>> {
  const { env, signal } = context;
  const packer =
    plan.packerTemplate === undefined
      ? undefined
      : await detectPacker({ env, signal }).catch(() => undefined);
  signal.throwIfAborted();
  const qemu = plan.machine && (await qemuVersion(context, plan.folder));
  return {
    'ci-cli': manifest.version,
    ...(packer && { packer: packer.version }),
    ...(qemu && { qemu }),
  };
}

async function qemuVersion(
  { env, signal }: Job['context'],
  cwd: string,
): Promise<string | undefined> {
  const lines: string[] = [];
  const onLine = (line: string) => lines.push(line);
  const command = ['qemu-system-x86_64', '--version'] as const;
  await runCommand(command, { cwd, env, timeoutMs: TIMEOUT_MS, signal, onLine }).catch(() => {
    signal.throwIfAborted();
  });
  return /version (\S+)/.exec(lines.join('\n'))?.[1];
}
