import { gzipSync } from 'node:zlib';
import { Header } from 'tar';

const BLOCK = 512;

/** Position of the operating system's number in a gzip header (RFC 1952), and "unknown". */
const GZIP_SYSTEM = { at: 9, unknown: 255 };

/**
 * A `.tar.gz` of text files. Nothing of the machine gets in: names are sorted, times, owners and modes are fixed, and
 * the data is stored, as what deflate makes of it depends on the zlib at hand (the files are a few kilobytes).
 */
export function packArchive(files: Readonly<Record<string, string>>): Uint8Array {
  const names = Object.keys(files).toSorted();
  const entries = names.map((name) => packEntry(name, Buffer.from(files[name] ?? '')));
  const archive = gzipSync(Buffer.concat([...entries, Buffer.alloc(2 * BLOCK)]), { level: 0 });
  archive[GZIP_SYSTEM.at] = GZIP_SYSTEM.unknown;
  return archive;
}

function packEntry(path: string, content: Buffer): Buffer {
  const header = Buffer.alloc(BLOCK);
  new Header({ path, type: 'File', mode: 0o644, size: content.length, mtime: new Date(0) }).encode(
    header,
  );
  return Buffer.concat([header, content, Buffer.alloc(-content.length & (BLOCK - 1))]);
}
