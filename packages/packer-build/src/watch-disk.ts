import { statfs } from 'node:fs/promises';
import type { Clock } from './clock.ts';

const LOOK_INTERVAL_MS = 1_000;
/** Less than that is no room for anything that a build does. */
const LEAST_FREE_BYTES = 16 * 2 ** 20;

/**
 * Calls when the disk that `folder` is on has filled up. QEMU stops a machine that cannot write and waits for room; to
 * Packer it only looks silent.
 */
export async function watchDisk(options: {
  readonly folder: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onFull: () => void;
}): Promise<void> {
  const { folder, clock, signal, onFull } = options;
  for (;;) {
    await clock.sleep(LOOK_INTERVAL_MS, { signal });
    const { bavail, bsize } = await statfs(folder);
    if (bavail * bsize < LEAST_FREE_BYTES) return onFull();
  }
}
