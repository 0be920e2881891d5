import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isoImage } from '../src/iso-image.ts';

interface Disc {
  readonly label: string;
  readonly files: Readonly<Record<string, string>>;
}

/** Reads one of the two views back, from the descriptor at `sector`, as ECMA-119 tells where things are. */
function readDisc(image: Buffer, sector: number): Disc {
  const encoding = sector === 16 ? 'latin1' : 'utf16be';
  const text = (bytes: Buffer) =>
    encoding === 'latin1'
      ? bytes.toString('latin1')
      : Buffer.from(bytes).swap16().toString('utf16le');
  const descriptor = image.subarray(sector * 2048, (sector + 1) * 2048);
  expect(descriptor.toString('latin1', 1, 6)).toBe('CD001');
  expect(descriptor.readUInt32LE(80) * 2048).toBe(image.length);
  const root = descriptor.readUInt32LE(158);
  const pathTable = image.subarray(descriptor.readUInt32LE(140) * 2048);
  expect(pathTable.readUInt32LE(2)).toBe(root);
  const folder = image.subarray(root * 2048, (root + 1) * 2048);
  const files: Record<string, string> = {};
  for (let at = 0; folder[at]; at += folder[at] ?? 0) {
    const nameLength = folder[at + 32] ?? 0;
    const [start, size] = [folder.readUInt32LE(at + 2), folder.readUInt32LE(at + 10)];
    expect([folder.readUInt32BE(at + 6), folder.readUInt32BE(at + 14)]).toEqual([start, size]);
    if (((folder[at + 25] ?? 0) & 2) !== 0) continue;
    const name = text(folder.subarray(at + 33, at + 33 + nameLength));
    files[name] = image.toString('utf8', start * 2048, start * 2048 + size);
  }
  return { label: text(descriptor.subarray(40, 72)).replace(/ +$/, ''), files };
}

test('isoImage() has every file under its own name in Joliet, and under a short one in plain ISO 9660', () => {
  const files = { 'user-data': '#cloud-config\n', 'meta-data': 'instance-id: a\n', empty: '' };
  const image = isoImage('cidata', files);
  expect(readDisc(image, 17)).toEqual({ label: 'cidata', files });
  expect(readDisc(image, 16)).toEqual({
    label: 'cidata',
    files: {
      'USER_DAT.;1': files['user-data'],
      'META_DAT.;1': files['meta-data'],
      'EMPTY.;1': '',
    },
  });
});

test('isoImage() keeps any content, byte by byte', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'binary', maxLength: 5_000 }), { maxLength: 6 }),
      (contents) => {
        const files = Object.fromEntries(
          contents.map((content, index) => [`file-${index}`, content]),
        );
        const image = isoImage('any', files);
        const wellFormed = Object.fromEntries(
          Object.entries(files).map(([name, content]) => [name, content.toWellFormed()]),
        );
        expect(readDisc(image, 17).files).toEqual(wellFormed);
        expect(isoImage('any', files).equals(image)).toBe(true);
      },
    ),
  );
});

test('isoImage() refuses more names than fit into the folder', () => {
  const files = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`file-${index}`, '']));
  expect(() => isoImage('full', files)).toThrow(RangeError);
});

const fileTool = spawnSync('file', ['--version']);

test.skipIf(fileTool.error)('isoImage() is what `file` calls an ISO 9660 filesystem', () => {
  const { stdout } = spawnSync('file', ['-'], { input: isoImage('cidata', { 'user-data': 'x' }) });
  expect(String(stdout)).toContain("ISO 9660 CD-ROM filesystem data 'cidata'");
});
