import { open } from 'node:fs/promises';

const qcow2Magic = Buffer.from('QFI\xfb', 'latin1');

/** A file of that size that begins as a qcow2 disk does; it takes no room, and its content is its `mark`. */
export async function makeImageFile(file: string, sizeBytes: number, mark: string): Promise<void> {
  await using handle = await open(file, 'wx');
  await handle.write(qcow2Magic);
  await handle.write(mark);
  await handle.truncate(sizeBytes);
}
