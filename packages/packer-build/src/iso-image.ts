/** ISO 9660 counts in these. */
const SECTOR_BYTES = 2048;
/** The first sixteen belong to whoever boots from the disc. */
const FIRST_DESCRIPTOR = 16;
const SECTORS = {
  primaryPaths: { little: 19, big: 20 },
  jolietPaths: { little: 21, big: 22 },
  primaryRoot: 23,
  jolietRoot: 24,
  files: 25,
} as const;

interface Entry {
  readonly name: string;
  readonly content: Buffer;
  readonly sector: number;
}

/** One of the two views of the same files: plain ISO 9660 has short upper-case names, Joliet has them as they are. */
interface View {
  readonly text: (value: string) => Buffer;
  /** What the standard pads text with. */
  readonly blank: Buffer;
  readonly fileName: (name: string) => Buffer;
  readonly escape: string;
  readonly type: number;
  readonly rootSector: number;
  readonly paths: { readonly little: number; readonly big: number };
}

const PRIMARY: View = {
  text: (value) => Buffer.from(value, 'latin1'),
  blank: Buffer.from(' '),
  fileName: (name) =>
    Buffer.from(
      `${name
        .toUpperCase()
        .replace(/[^A-Z0-9]/g, '_')
        .slice(0, 8)}.;1`,
    ),
  escape: '',
  type: 1,
  rootSector: SECTORS.primaryRoot,
  paths: SECTORS.primaryPaths,
};
const JOLIET: View = {
  text: bigEndianText,
  blank: Buffer.from([0, 0x20]),
  fileName: bigEndianText,
  // UCS-2 level 3.
  escape: '%/E',
  type: 2,
  rootSector: SECTORS.jolietRoot,
  paths: SECTORS.jolietPaths,
};

/**
 * A disc of a few files in its root folder (ECMA-119 with Joliet names). The same files give the same bytes.
 *
 * @throws RangeError when the names do not fit into one sector.
 */
export function isoImage(label: string, files: Readonly<Record<string, string>>): Buffer {
  let next: number = SECTORS.files;
  const entries = Object.keys(files)
    .toSorted()
    .map((name): Entry => {
      const content = Buffer.from(files[name] ?? '');
      const sector = next;
      next += Math.ceil(content.length / SECTOR_BYTES);
      return { name, content, sector };
    });
  const image = Buffer.alloc(next * SECTOR_BYTES);
  const put = (sector: number, content: Buffer): void =>
    void content.copy(image, sector * SECTOR_BYTES);

  for (const [index, view] of [PRIMARY, JOLIET].entries()) {
    put(FIRST_DESCRIPTOR + index, volumeDescriptor(view, label, next));
    put(view.paths.little, pathTable(view.rootSector, 'little'));
    put(view.paths.big, pathTable(view.rootSector, 'big'));
    put(view.rootSector, rootFolder(view, entries));
  }
  put(FIRST_DESCRIPTOR + 2, Buffer.from('\xffCD001\x01', 'latin1'));
  for (const { sector, content } of entries) put(sector, content);
  return image;
}

function volumeDescriptor(view: View, label: string, sectorCount: number): Buffer {
  const block = Buffer.alloc(SECTOR_BYTES);
  block.write(`${String.fromCharCode(view.type)}CD001\x01`, 0, 'latin1');
  // System and volume; then set, publisher, preparer, application and three files about the disc.
  for (const [start, end] of [
    [8, 72],
    [190, 813],
  ] as const)
    block.fill(view.blank, start, end);
  view.text(label).copy(block, 40, 0, 32);
  block.write(view.escape, 88, 'latin1');
  writeBoth32(block, 80, sectorCount);
  writeBoth16(block, 120, 1);
  writeBoth16(block, 124, 1);
  writeBoth16(block, 128, SECTOR_BYTES);
  writeBoth32(block, 132, pathTable(0, 'little').length);
  block.writeUInt32LE(view.paths.little, 140);
  block.writeUInt32BE(view.paths.big, 148);
  folderRecord(view.rootSector, 0).copy(block, 156);
  // Created, modified, expires, effective: not told.
  for (const start of [813, 830, 847, 864]) block.write('0'.repeat(16), start, 'latin1');
  block[881] = 1;
  return block;
}

function rootFolder(view: View, entries: readonly Entry[]): Buffer {
  const records = [
    folderRecord(view.rootSector, 0),
    folderRecord(view.rootSector, 1),
    ...entries.map(({ name, sector, content }) =>
      record(view.fileName(name), { sector, size: content.length, flags: 0 }),
    ),
  ];
  const folder = Buffer.concat(records);
  if (folder.length > SECTOR_BYTES)
    throw new RangeError('Too many names for the folder of an ISO image');
  return folder;
}

/** A folder calls itself 0 and its parent 1. */
function folderRecord(sector: number, name: 0 | 1): Buffer {
  return record(Buffer.from([name]), { sector, size: SECTOR_BYTES, flags: 2 });
}

function record(
  name: Buffer,
  {
    sector,
    size,
    flags,
  }: { readonly sector: number; readonly size: number; readonly flags: number },
): Buffer {
  const length = 33 + name.length;
  const block = Buffer.alloc(length + (length & 1));
  block[0] = block.length;
  writeBoth32(block, 2, sector);
  writeBoth32(block, 10, size);
  block[25] = flags;
  writeBoth16(block, 28, 1);
  block[32] = name.length;
  name.copy(block, 33);
  return block;
}

function pathTable(rootSector: number, order: 'little' | 'big'): Buffer {
  const table = Buffer.alloc(10);
  table[0] = 1;
  if (order === 'little') table.writeUInt32LE(rootSector, 2);
  else table.writeUInt32BE(rootSector, 2);
  table[order === 'little' ? 6 : 7] = 1;
  return table;
}

function bigEndianText(value: string): Buffer {
  return Buffer.from(value, 'utf16le').swap16();
}

/** The standard has every number twice, once for each kind of machine. */
function writeBoth32(block: Buffer, at: number, value: number): void {
  block.writeUInt32LE(value, at);
  block.writeUInt32BE(value, at + 4);
}

function writeBoth16(block: Buffer, at: number, value: number): void {
  block.writeUInt16LE(value, at);
  block.writeUInt16BE(value, at + 2);
}
