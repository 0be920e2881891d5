import { constants } from 'node:fs';
import { access, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { assertAbsolute, assertEnvironment, assertKnownKeys } from './assert-options.ts';
import { BOOT_SECTOR_EXIT_CODE, bootSector } from './boot-sector.ts';
import { pickEnvironment } from './environment.ts';
import { PackerError } from './error.ts';

export type Accelerator = 'kvm' | 'tcg';

export interface AcceleratorOptions {
  /** Absolute path; a small file is there while this runs. */
  readonly folder: string;
  /** Ambient environment to pick from, such as `process.env`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** @default 'qemu-system-x86_64' */
  readonly qemu?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Emulated, the sector takes less than half a second; an accelerator that needs longer is none. */
const PROBE_DEADLINE_MS = 4_000;

/**
 * Boots a guest of one sector with each accelerator. The presence of `/dev/kvm` says little: nested, it may open, make a
 * machine, and hang at the first page table; Packer would choose it and wait for SSH in vain.
 *
 * @throws PackerError `qemu-missing` when QEMU is not installed, or runs nothing.
 */
export async function chooseAccelerator(options: AcceleratorOptions): Promise<Accelerator> {
  assertKnownKeys('chooseAccelerator', options, ['folder', 'env', 'qemu', 'signal']);
  assertAbsolute('folder', options.folder);
  assertEnvironment(options.env);
  const { folder, signal } = options;
  const disk = join(folder, 'boot-sector');
  await writeFile(disk, bootSector());
  try {
    if ((await canUse('/dev/kvm')) && (await boots('kvm', disk, options))) return 'kvm';
    if (await boots('tcg', disk, options)) return 'tcg';
  } finally {
    await rm(disk, { force: true });
  }
  signal?.throwIfAborted();
  throw new PackerError('qemu-missing', 'Cannot use QEMU: it did not even boot one sector');
}

async function canUse(device: string): Promise<boolean> {
  return await access(device, constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );
}

async function boots(
  accelerator: Accelerator,
  disk: string,
  { env, folder, qemu = 'qemu-system-x86_64', signal }: AcceleratorOptions,
): Promise<boolean> {
  const machine = [
    ['-nodefaults', '-display', 'none', '-m', '16'],
    ['-machine', `pc,accel=${accelerator}`],
    ['-drive', `file=${disk},format=raw,if=ide,snapshot=on`],
    ['-device', 'isa-debug-exit,iobase=0xf4,iosize=0x04'],
  ];
  const { exitCode, code } = await execa(qemu, machine.flat(), {
    // By the folder in it, whoever watches over that finds a probe that outlived us.
    env: { ...pickEnvironment(env, []), TMPDIR: folder },
    extendEnv: false,
    stdio: 'ignore',
    reject: false,
    timeout: PROBE_DEADLINE_MS,
    killSignal: 'SIGKILL',
    ...(signal !== undefined && { cancelSignal: signal }),
  });
  signal?.throwIfAborted();
  if (code === 'ENOENT' || code === 'EACCES') throw qemuMissing(qemu, 'qemu-system-x86');
  return exitCode === BOOT_SECTOR_EXIT_CODE;
}

export function qemuMissing(program: string, debianPackage: string): PackerError {
  return new PackerError(
    'qemu-missing',
    `Cannot run "${program}": it is not on the PATH: install the Debian package ${debianPackage}`,
  );
}
