import { randomUUID } from 'node:crypto';
import { linkSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { extract } from 'tar';
import type { BodySpec } from '../model/ports.ts';
import { bootEnvironment } from './boot-environment.ts';
import type { DiskImage } from './disk-image-store.ts';
import type { Launch } from './launch.ts';

/** Unpacks a bundle over what is there: an instance keeps its disk from one start to the next. */
export async function prepareBundle(
  spec: BodySpec,
  image: Extract<DiskImage, { readonly kind: 'bundle' }>,
  { cwd, ready, nodePath }: { cwd: string; ready: Promise<void>; nodePath: string },
): Promise<Launch> {
  const archive = `${cwd}.${randomUUID()}.tar.gz`;
  // Now, not after the first await: the template may be deleted meanwhile, and its file with it.
  linkSync(image.file, archive);
  try {
    await ready;
    await mkdir(cwd, { recursive: true, mode: 0o700 });
    await extract({ file: archive, cwd, strict: true, preserveOwner: false });
  } finally {
    await rm(archive, { force: true });
  }
  const { start, port } = image.manifest;
  const [program, ...args] = start;
  return {
    command: [program === 'node' ? nodePath : program, ...args],
    env: bootEnvironment(spec.userData, spec.address, port),
  };
}
