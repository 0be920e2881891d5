import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, linkSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { SandboxError } from '../error.ts';
import type { Launch } from '../live/launch.ts';
import type { BodySpec } from '../model/ports.ts';
import { type Accelerator, chooseAccelerator } from './choose-accelerator.ts';
import { machineCommand, machineEnvironment } from './machine-command.ts';
import { pressPowerButton } from './power-button.ts';
import { seedImage } from './seed-image.ts';

export interface MachineOptions {
  /** Of each machine, whatever the instance type says. @default 384 */
  readonly memoryMib?: number | undefined;
  /** How many may be on at once. @default 8 */
  readonly most?: number | undefined;
  /** QEMU, by name, or by path with `qemu-img` beside it. @default 'qemu-system-x86_64' */
  readonly qemu?: string | undefined;
  /** @default whatever boots a guest of one sector: kvm, else tcg (emulation) */
  readonly accelerator?: Accelerator | undefined;
}

/** Turns qcow2 images into QEMU processes; keeps count of them. */
export interface MachineRoom {
  /** @throws SandboxError `machine-unavailable` without QEMU, and when all places are taken. */
  prepare(
    spec: BodySpec,
    image: { readonly file: string },
    where: { readonly cwd: string; readonly ready: Promise<void> },
  ): Promise<Launch>;
  /** The machine is off; its place is free. */
  leave(instanceId: string): void;
}

/** What a runner can be expected to bear. */
const mostMemoryMib = 4_096;
const mostMachines = 64;

const execute = promisify(execFile);

/** `folder` is for the boot probe, `port` is the guests' port that is reached from outside. */
export function createMachineRoom(
  folder: string,
  port: number,
  options: MachineOptions = {},
): MachineRoom {
  const { memoryMib = 384, most = 8, qemu: binary = 'qemu-system-x86_64' } = options;
  const env = machineEnvironment(binary);
  const taken = new Set<string>();
  let accelerator: Promise<Accelerator> | undefined =
    options.accelerator && Promise.resolve(options.accelerator);

  async function prepare(
    spec: BodySpec,
    image: { readonly file: string },
    { cwd, ready }: { readonly cwd: string; readonly ready: Promise<void> },
  ): Promise<Launch> {
    const held = `${cwd}.${randomUUID()}.qcow2`;
    // Now, not after the first await: the template may be deleted meanwhile, and its file with it.
    linkSync(image.file, held);
    try {
      await ready;
      takePlace(spec.instanceId);
      accelerator ??= chooseAccelerator(binary, folder);
      const chosen = await accelerator;
      await mkdir(cwd, { recursive: true, mode: 0o700 });
      const [disk, seed] = [join(cwd, 'disk.qcow2'), join(cwd, 'seed.iso')];
      await writeFile(seed, seedImage(spec), { mode: 0o600 });
      // An instance keeps its disk from one start to the next.
      if (!existsSync(disk)) await createDisk(held, disk, env);
      const { address } = spec;
      const machine = { binary, accelerator: chosen, memoryMib, disk, seed, address, port };
      const command = machineCommand(machine);
      return { command, env, pressButton: pressPowerButton };
    } catch (error) {
      taken.delete(spec.instanceId);
      throw error;
    } finally {
      await rm(held, { force: true });
    }
  }

  function takePlace(instanceId: string): void {
    if (taken.size >= most) {
      throw new SandboxError(
        'machine-unavailable',
        `Cannot boot another machine: ${taken.size} are on, the most that may be`,
        { retryable: true },
      );
    }
    taken.add(instanceId);
  }

  return { prepare, leave: (instanceId) => void taken.delete(instanceId) };
}

/** The template's own file, shared by all; what an instance writes goes to a file of its own. */
async function createDisk(
  held: string,
  disk: string,
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const template = join(dirname(disk), 'template.qcow2');
  await rename(held, template);
  const args = ['create', '-q', '-f', 'qcow2', '-F', 'qcow2', '-b', template, disk];
  try {
    await execute('qemu-img', args, { env });
  } catch (cause) {
    const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    const why = isMissing
      ? 'there is no "qemu-img": install the Debian package qemu-utils'
      : (cause as Error).message;
    throw new SandboxError('machine-unavailable', `Cannot make a disk: ${why}`, { cause });
  }
}

/** @throws TypeError for an unknown key, RangeError for a number that cannot be used. */
export function assertMachineOptions(options: MachineOptions): void {
  const known = ['memoryMib', 'most', 'qemu', 'accelerator'];
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown !== undefined) throw new TypeError(`Unknown option of machines: "${unknown}"`);
  const { memoryMib = mostMemoryMib, most = 1 } = options;
  if (!(memoryMib >= 32 && memoryMib <= mostMemoryMib)) {
    throw new RangeError(`machines.memoryMib must be 32 to ${mostMemoryMib}: ${memoryMib}`);
  }
  if (!(Number.isInteger(most) && most >= 0 && most <= mostMachines)) {
    throw new RangeError(`machines.most must be 0 to ${mostMachines}: ${most}`);
  }
}
