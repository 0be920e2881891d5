import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const repository: string = fileURLToPath(new URL('../../../../', import.meta.url));

export interface PublishedPackage {
  readonly name: string;
  readonly folder: string;
  /** The lowest version that `engines` allows, such as `24.0.0`. */
  readonly nodeFloor: string;
  readonly bins: readonly string[];
}

/** What `changeset publish` would publish: every workspace package that is not private. */
export async function findPublishedPackages(): Promise<readonly PublishedPackage[]> {
  const found: PublishedPackage[] = [];
  for (const group of ['packages', 'apps']) {
    for (const entry of await readdir(join(repository, group), { withFileTypes: true })) {
      const folder = join(repository, group, entry.name);
      const manifest = entry.isDirectory() ? await readManifest(folder) : undefined;
      if (manifest === undefined || manifest.private === true) continue;
      const nodeFloor = floorOf(manifest.engines?.node);
      if (nodeFloor === undefined) {
        throw new RangeError(`"engines" of ${manifest.name} names no lowest version of Node`);
      }
      const bins = Object.keys(manifest.bin ?? {});
      found.push({ name: manifest.name, folder, nodeFloor, bins });
    }
  }
  return found;
}

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly engines?: { readonly node?: string };
  readonly bin?: Readonly<Record<string, string>>;
}

async function readManifest(folder: string): Promise<Manifest | undefined> {
  const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as Manifest);
}

/** `>=24` is 24.0.0. */
export function floorOf(range: string | undefined): string | undefined {
  const [, major, minor = '0', patch = '0'] =
    /^>=(\d+)(?:\.(\d+))?(?:\.(\d+))?$/.exec(range ?? '') ?? [];
  return major === undefined ? undefined : `${major}.${minor}.${patch}`;
}
