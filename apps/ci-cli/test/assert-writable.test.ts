import { mkdtempDisposable, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { assertWritable } from '../src/assert-writable.ts';

async function openFolder() {
  const folder = await mkdtempDisposable(join(tmpdir(), 'xw-'));
  await writeFile(join(folder.path, 'old.json'), '{}');
  return folder;
}

test.each(['new.json', 'old.json', 'not/yet/there.json'])(
  'assertWritable() takes %s, and makes nothing',
  async (name) => {
    await using folder = await openFolder();
    await expect(assertWritable('--artifact', join(folder.path, name))).resolves.toBeUndefined();
    expect(await readdir(folder.path)).toEqual(['old.json']);
  },
);

test('assertWritable() has nothing against no file', async () => {
  await expect(assertWritable('--junit', undefined)).resolves.toBeUndefined();
});

test.each([
  ['', 'it is a folder'],
  ['old.json/new.json', 'a part of its path is no folder'],
])('assertWritable() refuses "%s": %s', async (name, why) => {
  await using folder = await openFolder();
  const file = join(folder.path, name);
  await expect(assertWritable('--artifact', file)).rejects.toMatchObject({
    exitCode: 2,
    message: `Cannot write --artifact "${file}": ${why}`,
  });
});

test.skipIf(process.getuid?.() === 0)(
  'assertWritable() refuses what this user may not write to',
  async () => {
    await expect(assertWritable('--events', '/exoship.jsonl')).rejects.toThrow('may not write to');
  },
);
