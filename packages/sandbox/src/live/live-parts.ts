import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMachineRoom, type MachineOptions } from '../machine/machine-room.ts';
import { openAddressPool } from './address-pool.ts';
import { createDiskImageStore, type DiskImageStore } from './disk-image-store.ts';
import { createHttpProber, type LiveProber } from './http-prober.ts';
import { createProcessBody, type ProcessBody } from './process-body.ts';
import { createWallScheduler, type WallScheduler } from './wall-scheduler.ts';
import { startWatchdog } from './watchdog.ts';

/** Everything real that the model acts through, over one folder and one loopback network. */
export interface LiveParts extends AsyncDisposable {
  readonly scheduler: WallScheduler;
  readonly prober: LiveProber;
  readonly images: DiskImageStore;
  readonly body: ProcessBody;
  /** Private, and removed in the end. */
  readonly folder: string;
  /** For the object store's contents. */
  readonly objectFolder: string;
}

export interface LivePartsOptions {
  readonly appPort: number;
  readonly stopCapMs?: number | undefined;
  readonly nodePath?: string | undefined;
  readonly machines?: MachineOptions | undefined;
  readonly onProblem?: ((problem: unknown) => void) | undefined;
}

export async function openLiveParts(options: LivePartsOptions): Promise<LiveParts> {
  await using opened = new AsyncDisposableStack();
  // Resolved: the watchdog recognizes stray processes by the folder's real name.
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'exoship-sandbox-')));
  opened.defer(() => rm(folder, { recursive: true, force: true }));
  const watchdog = opened.use(await startWatchdog(folder));
  const addresses = opened.use(await openAddressPool(options.appPort));
  const [objectFolder, imageFolder, instanceFolder] = [
    join(folder, 'objects'),
    join(folder, 'images'),
    join(folder, 'instances'),
  ] as const;
  for (const part of [objectFolder, imageFolder, instanceFolder]) await mkdir(part);
  const images = opened.use(createDiskImageStore(imageFolder));
  const { stopCapMs, nodePath, onProblem } = options;
  const machines = createMachineRoom(folder, options.appPort, options.machines);
  const body = opened.use(
    createProcessBody({
      addresses,
      watchdog,
      machines,
      folder: instanceFolder,
      stopCapMs,
      nodePath,
      onProblem,
    }),
  );
  const prober = opened.use(createHttpProber());
  const scheduler = opened.use(createWallScheduler());

  const everything = opened.move();
  return {
    scheduler,
    prober,
    images,
    body,
    folder,
    objectFolder,
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  };
}
