import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

export interface SmallDisk extends AsyncDisposable {
  readonly path: string;
}

/** A disk of its own for one job; `undefined` where one may not mount. */
export async function mountSmallDisk(sizeMib: number): Promise<SmallDisk | undefined> {
  const path = await mkdtemp(join(tmpdir(), 'xd-'));
  const mount = ['-t', 'tmpfs', '-o', `size=${sizeMib}m`, 'tmpfs', path];
  const { exitCode } = await execa('mount', mount, { reject: false });
  if (exitCode !== 0) {
    await rm(path, { recursive: true });
    return undefined;
  }
  return {
    path,
    [Symbol.asyncDispose]: async () => {
      await execa('umount', ['-l', path]);
      await rm(path, { recursive: true });
    },
  };
}
