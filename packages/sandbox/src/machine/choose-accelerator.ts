import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:fs';
import { access, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SandboxError } from '../error.ts';
import { bootSector, bootSectorExitCode } from './boot-sector.ts';
import { machineEnvironment } from './machine-command.ts';

export type Accelerator = 'kvm' | 'tcg';

/** Emulated, the sector takes less than half a second; an accelerator that needs longer is none. */
const probeDeadlineMs = 4_000;

/**
 * Boots a guest of one sector with each accelerator: the presence of `/dev/kvm` says little, since nested it may open,
 * make a machine, and hang at the first page table.
 *
 * @throws SandboxError `machine-unavailable` when QEMU is not installed or runs nothing.
 */
export async function chooseAccelerator(binary: string, folder: string): Promise<Accelerator> {
  const disk = join(folder, 'boot-sector');
  await writeFile(disk, bootSector());
  try {
    if ((await canUse('/dev/kvm')) && (await boots(binary, 'kvm', disk))) return 'kvm';
    if (await boots(binary, 'tcg', disk)) return 'tcg';
  } finally {
    await rm(disk, { force: true });
  }
  throw new SandboxError(
    'machine-unavailable',
    `Cannot boot a qcow2 image: "${binary}" did not even boot one sector`,
  );
}

async function canUse(device: string): Promise<boolean> {
  return await access(device, constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );
}

async function boots(binary: string, accelerator: Accelerator, disk: string): Promise<boolean> {
  const child = spawn(
    binary,
    [
      ['-nodefaults', '-display', 'none', '-m', '16'],
      ['-machine', `pc,accel=${accelerator}`],
      ['-drive', `file=${disk},format=raw,if=ide,snapshot=on`],
      ['-device', 'isa-debug-exit,iobase=0xf4,iosize=0x04'],
    ].flat(),
    {
      env: machineEnvironment(binary),
      stdio: 'ignore',
      timeout: probeDeadlineMs,
      killSignal: 'SIGKILL',
    },
  );
  try {
    const [exitCode] = await once(child, 'exit');
    return exitCode === bootSectorExitCode;
  } catch (cause) {
    throw notInstalled(binary, cause);
  }
}

function notInstalled(binary: string, cause: unknown): SandboxError {
  return new SandboxError(
    'machine-unavailable',
    `Cannot boot a qcow2 image: there is no "${binary}": install the Debian packages qemu-system-x86 and qemu-utils`,
    { cause },
  );
}
