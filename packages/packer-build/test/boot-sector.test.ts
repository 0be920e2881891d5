import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempDisposable, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { bootSector } from '../src/boot-sector.ts';

const source = fileURLToPath(new URL('../src/boot-sector.S', import.meta.url));
const isAmd64 = process.arch === 'x64';
const hasAssembler = ['as', 'ld'].every(
  (tool) => spawnSync(tool, ['--version']).error === undefined,
);

test('bootSector() is one sector that a BIOS boots', () => {
  expect(bootSector()).toHaveLength(512);
  expect(bootSector().subarray(510)).toEqual(Buffer.from([0x55, 0xaa]));
});

test.skipIf(!isAmd64 || !hasAssembler)('bootSector() is what its source says', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'exoship-test-'));
  const [object, binary] = [join(folder.path, 'sector.o'), join(folder.path, 'sector.bin')];
  execFileSync('as', [source, '-o', object]);
  execFileSync('ld', ['-Ttext', '0x7c00', '--oformat', 'binary', object, '-o', binary]);
  expect(bootSector()).toEqual(await readFile(binary));
});
