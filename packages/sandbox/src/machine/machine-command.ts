import { dirname, isAbsolute } from 'node:path';
import type { Accelerator } from './choose-accelerator.ts';

/** QEMU needs to find its own tools, which are beside it when it is given by path, and nothing else of ours. */
export function machineEnvironment(binary: string): Readonly<Record<string, string>> {
  const beside = isAbsolute(binary) ? `${dirname(binary)}:` : '';
  return { PATH: `${beside}/usr/local/bin:/usr/bin:/bin` };
}

/** Where QEMU takes orders: the first descriptor after the usual three. */
const ordersDescriptor = 3;

export interface MachineSpec {
  readonly binary: string;
  readonly accelerator: Accelerator;
  readonly memoryMib: number;
  /** A qcow2 file; the machine writes to it. */
  readonly disk: string;
  /** An ISO image. */
  readonly seed: string;
  /** The loopback address whose `port` leads to the same port of the guest. */
  readonly address: string;
  readonly port: number;
}

/**
 * A machine without screen or network of its own: its console is QEMU's standard output, one port leads in, nothing
 * leads out.
 */
export function machineCommand(spec: MachineSpec): readonly [string, ...string[]] {
  const { binary, accelerator, memoryMib, disk, seed, address, port } = spec;
  const options = [
    ['-nodefaults', '-display', 'none', '-machine', `pc,accel=${accelerator}`],
    ['-m', String(memoryMib), '-smp', '1'],
    // Nobody needs it after a crash of this machine.
    ['-drive', `file=${escaped(disk)},if=virtio,format=qcow2,cache=unsafe`],
    ['-drive', `file=${escaped(seed)},if=virtio,format=raw,readonly=on`],
    ['-netdev', `user,id=net,restrict=on,hostfwd=tcp:${address}:${port}-:${port}`],
    ['-device', 'virtio-net-pci,netdev=net,romfile='],
    ['-device', 'virtio-rng-pci'],
    ['-chardev', 'stdio,id=console,signal=off', '-serial', 'chardev:console'],
    ['-chardev', `socket,id=orders,fd=${ordersDescriptor}`, '-mon', 'orders,mode=control'],
  ];
  return [binary, ...options.flat()];
}

/** A comma ends a value of QEMU's options. */
function escaped(path: string): string {
  return path.replaceAll(',', ',,');
}
