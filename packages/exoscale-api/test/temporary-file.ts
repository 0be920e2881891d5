import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TemporaryFile extends AsyncDisposable {
  readonly path: string;
}

/** A file with this content, gone afterwards. */
export async function temporaryFile(
  name: string,
  content: string | Uint8Array,
): Promise<TemporaryFile> {
  const folder = await mkdtempDisposable(join(tmpdir(), 'exoscale-api-'));
  const path = join(folder.path, name);
  await writeFile(path, content);
  return { path, [Symbol.asyncDispose]: () => folder.remove() };
}
