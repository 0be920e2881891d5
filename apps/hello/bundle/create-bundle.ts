import { glob, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Release } from '../src/release.ts';
import { packArchive } from './pack-archive.ts';
import { stripSource } from './strip-source.ts';

const SOURCES = fileURLToPath(new URL('../src/', import.meta.url));

/**
 * A process template: a `.tar.gz` with the server as plain JavaScript, its release baked in, and
 * `exoship-bundle.json`, which says how to start it. The same inputs give the same bytes.
 */
export async function createBundle(release: Release): Promise<Uint8Array> {
  const { version, port } = release;
  const files: Record<string, string> = {
    'exoship-bundle.json': json({ start: ['node', 'main.mjs'], port, version }),
    'release.json': json(release),
  };
  for await (const source of glob('*.ts', { cwd: SOURCES })) {
    const text = await readFile(join(SOURCES, source), 'utf8');
    files[`${basename(source, '.ts')}.mjs`] = stripSource(text);
  }
  return packArchive(files);
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
