import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execPath } from 'node:process';
import type { MachineRoom } from '../machine/machine-room.ts';
import type { Body, BodySpec } from '../model/ports.ts';
import type { AddressPool } from './address-pool.ts';
import { type ConsoleLog, createConsoleLog } from './console-log.ts';
import type { DiskImage } from './disk-image-store.ts';
import type { Launch } from './launch.ts';
import { prepareBundle } from './prepare-bundle.ts';
import { type ProcessLife, startProcessLife } from './process-life.ts';
import type { Watchdog } from './watchdog.ts';

export interface ProcessBody extends Body, AsyncDisposable {
  /** What the instance has printed lately: a program, or the serial console of a machine; '' when it never ran. */
  consoleOf(instanceId: string): string;
  /** Kills every instance and waits until all are gone. Idempotent. */
  close(): Promise<void>;
}

export interface ProcessBodyOptions {
  readonly addresses: AddressPool;
  readonly watchdog: Watchdog;
  /** Boots qcow2 images. */
  readonly machines: MachineRoom;
  /** Each instance gets a folder of its own in here; it stays while the instance may be switched on again. */
  readonly folder: string;
  /** How long an instance may take to stop before it is killed. @default 600_000 */
  readonly stopCapMs?: number | undefined;
  /** What `node` means in a bundle's start command. @default the Node that runs the sandbox */
  readonly nodePath?: string | undefined;
  /** Told what kept an instance from starting; the API of the cloud has no word for it. @default ignored */
  readonly onProblem?: ((problem: unknown) => void) | undefined;
}

/** An instance between power on and power off. */
interface Power {
  life?: ProcessLife;
  /** Set before there is a process to signal: the image is still being unpacked. */
  isStopWanted: boolean;
  isKilled: boolean;
  readonly over: PromiseWithResolvers<void>;
}

const consoleLimitBytes = 64 * 1024;
/** Of the dead, too: their last words say why they died. */
const consolesKept = 500;

/**
 * Instances as processes of this machine, a virtual machine being one, too: each in a private folder, on its own
 * address, with an empty environment.
 */
export function createProcessBody(options: ProcessBodyOptions): ProcessBody {
  const { addresses, watchdog, machines, folder } = options;
  const { stopCapMs = 600_000, nodePath = execPath, onProblem = () => undefined } = options;
  const powers = new Map<string, Power>();
  const consoles = new Map<string, ConsoleLog>();
  const wipes = new Map<string, Promise<void>>();
  let isClosed = false;

  function start(spec: BodySpec, onExit: (reason: string) => void): void {
    const power: Power = { isStopWanted: false, isKilled: false, over: Promise.withResolvers() };
    const previous = powers.get(spec.instanceId);
    const finish = (reason: string) => {
      if (powers.get(spec.instanceId) === power) powers.delete(spec.instanceId);
      machines.leave(spec.instanceId);
      if (power.isKilled) wipe(spec.instanceId);
      else onExit(reason);
      power.over.resolve();
    };
    powers.set(spec.instanceId, power);
    boot(spec, power, diskIsReady(spec.instanceId, previous), finish).catch((error: unknown) => {
      const why = error instanceof Error ? error.message : String(error);
      consoleFor(spec.instanceId).write(Buffer.from(`${why}\n`));
      onProblem(error);
      finish(`could not start: ${why}`);
    });
  }

  async function diskIsReady(instanceId: string, previous: Power | undefined): Promise<void> {
    await previous?.over.promise;
    await wipes.get(instanceId);
  }

  async function boot(
    spec: BodySpec,
    power: Power,
    ready: Promise<void>,
    finish: (reason: string) => void,
  ): Promise<void> {
    const cwd = join(folder, spec.instanceId);
    const launch = await prepare(spec, cwd, ready);
    if (power.isKilled || power.isStopWanted || isClosed)
      return finish('stopped before it started');
    const life = startProcessLife({
      ...launch,
      cwd,
      onOutput: (chunk) => consoleFor(spec.instanceId).write(chunk),
      onExit: (reason) => {
        if (life.group !== undefined) watchdog.forget(life.group);
        finish(reason);
      },
    });
    if (life.group !== undefined) watchdog.guard(life.group);
    power.life = life;
  }

  async function prepare(spec: BodySpec, cwd: string, ready: Promise<void>): Promise<Launch> {
    const image = spec.image as DiskImage;
    return image.kind === 'bundle'
      ? await prepareBundle(spec, image, { cwd, ready, nodePath })
      : await machines.prepare(spec, image, { cwd, ready });
  }

  function stop(instanceId: string): void {
    const power = powers.get(instanceId);
    if (power === undefined) return;
    power.isStopWanted = true;
    power.life?.stop(stopCapMs);
  }

  function kill(instanceId: string): void {
    const power = powers.get(instanceId);
    if (power === undefined) {
      wipe(instanceId);
      return;
    }
    power.isKilled = true;
    power.life?.kill();
  }

  /** The disk goes with the plug: a killed instance is one that is being destroyed. */
  function wipe(instanceId: string): void {
    const wiping = rm(join(folder, instanceId), { recursive: true, force: true })
      .catch(() => undefined)
      .then(() => {
        if (wipes.get(instanceId) === wiping) wipes.delete(instanceId);
      });
    wipes.set(instanceId, wiping);
  }

  function consoleFor(instanceId: string): ConsoleLog {
    const existing = consoles.get(instanceId);
    if (existing !== undefined) return existing;
    const oldest = consoles.keys().next().value;
    if (consoles.size >= consolesKept && oldest !== undefined) consoles.delete(oldest);
    const created = createConsoleLog(consoleLimitBytes);
    consoles.set(instanceId, created);
    return created;
  }

  async function close(): Promise<void> {
    isClosed = true;
    const open = [...powers];
    for (const [instanceId] of open) kill(instanceId);
    await Promise.all(open.map(([, power]) => power.over.promise));
    await Promise.all(wipes.values());
  }

  return {
    allocateAddress: () => addresses.allocate(),
    start,
    stop,
    kill,
    consoleOf: (instanceId) => consoles.get(instanceId)?.text() ?? '',
    close,
    [Symbol.asyncDispose]: close,
  };
}
