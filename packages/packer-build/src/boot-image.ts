import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Readable } from 'node:stream';
import { execa } from 'execa';
import { type Accelerator, qemuMissing } from './choose-accelerator.ts';
import type { Clock } from './clock.ts';
import type { PrivateFolder } from './private-folder.ts';
import { stopGroup } from './process-group.ts';

export interface BootOptions {
  readonly image: string;
  readonly seed: string;
  readonly accelerator: Accelerator;
  readonly memoryMib: number;
  /** Ports of the guest to reach on 127.0.0.1. */
  readonly ports: readonly number[];
  readonly qemu: string;
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Private; its guard is told of the machine. */
  readonly folder: Pick<PrivateFolder, 'path' | 'guard'>;
  readonly clock: Clock;
}

/** A machine that runs; what it writes is forgotten. */
export interface BootedImage extends AsyncDisposable {
  /** Where a guest's port is on 127.0.0.1. */
  portOf(guestPort: number): number;
  /** The last words of its serial console, and QEMU's own. */
  console(): string;
  /** Aborted when the machine ends by itself. */
  readonly ended: AbortSignal;
}

const CONSOLE_LIMIT = 16 * 1024;
export const STOP_GRACE_MS = 500;

/** Boots an image with nothing but the given ports leading in, and no way out. */
export async function bootImage(options: BootOptions): Promise<BootedImage> {
  const { qemu, env, folder, clock } = options;
  const ports = new Map<number, number>();
  for (const port of options.ports) ports.set(port, await freePort());
  const child = execa(qemu, qemuArguments(options, ports), {
    cwd: folder.path,
    env,
    extendEnv: false,
    stdin: 'ignore',
    all: true,
    buffer: false,
    reject: false,
    detached: true,
    cleanup: false,
  });
  const groupId = child.pid;
  if (groupId === undefined) throw qemuMissing(qemu, 'qemu-system-x86');
  folder.guard(groupId);
  const ended = new AbortController();
  const exited = once(child.nodeChildProcess, 'exit').finally(() => ended.abort());
  const readConsole = collect(child.all);
  return {
    portOf: (guestPort) => ports.get(guestPort) ?? 0,
    console: readConsole,
    ended: ended.signal,
    [Symbol.asyncDispose]: async () => {
      await stopGroup(groupId, { clock, graceMs: STOP_GRACE_MS });
      await exited;
    },
  };
}

function qemuArguments(options: BootOptions, ports: ReadonlyMap<number, number>): string[] {
  const { image, seed, accelerator, memoryMib } = options;
  const forwards = [...ports].map(([guest, host]) => `,hostfwd=tcp:127.0.0.1:${host}-:${guest}`);
  return [
    ['-nodefaults', '-display', 'none', '-machine', `pc,accel=${accelerator}`],
    ['-m', String(memoryMib), '-smp', '1'],
    ['-drive', `file=${escaped(image)},if=virtio,format=qcow2,cache=unsafe,snapshot=on`],
    ['-drive', `file=${escaped(seed)},if=virtio,format=raw,readonly=on`],
    ['-netdev', `user,id=net,restrict=on${forwards.join('')}`],
    ['-device', 'virtio-net-pci,netdev=net,romfile='],
    ['-device', 'virtio-rng-pci'],
    ['-serial', 'stdio', '-monitor', 'none'],
  ].flat();
}

/** A comma ends a value of QEMU's options. */
function escaped(path: string): string {
  return path.replaceAll(',', ',,');
}

function collect(output: Readable): () => string {
  let text = '';
  output.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(-CONSOLE_LIMIT);
  });
  output.on('error', () => {});
  return () => text;
}

/** Somebody may take it before QEMU does: then QEMU ends at once, and says so. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
}
