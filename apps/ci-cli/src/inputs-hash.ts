import { createHash } from 'node:crypto';
import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface BuildInputs {
  /** Folder that the patterns are relative to. */
  readonly folder: string;
  readonly patterns: readonly string[];
  /** Everything else the image depends on: version, variables, port. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** A name for "the same image": equal inputs give an equal hash on every machine, so nothing is built twice. */
export async function hashInputs({ folder, patterns, parameters }: BuildInputs): Promise<string> {
  const hash = createHash('sha256');
  for (const key of Object.keys(parameters).toSorted()) {
    hash.update(`parameter ${key}\0${parameters[key]}\0`);
  }
  for (const file of await matchingFiles(folder, patterns)) {
    hash.update(`file ${file}\0`);
    hash.update(
      createHash('sha256')
        .update(await readFile(join(folder, file)))
        .digest(),
    );
  }
  return hash.digest('hex');
}

/** The same files one by one, for people and other tools to compare. */
export async function digestInputs({
  folder,
  patterns,
}: Pick<BuildInputs, 'folder' | 'patterns'>): Promise<
  readonly { readonly name: string; readonly digest: { readonly sha256: string } }[]
> {
  return await Promise.all(
    (await matchingFiles(folder, patterns)).map(async (name) => {
      const hash = createHash('sha256').update(await readFile(join(folder, name)));
      return { name, digest: { sha256: hash.digest('hex') } };
    }),
  );
}

async function matchingFiles(folder: string, patterns: readonly string[]): Promise<string[]> {
  const files = new Set<string>();
  for await (const entry of glob([...patterns], { cwd: folder, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name).slice(folder.length + 1);
    if (!path.split('/').includes('node_modules')) files.add(path);
  }
  return [...files].toSorted();
}
