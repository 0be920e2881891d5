import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

export interface FileDigest {
  readonly md5: Buffer;
  readonly sizeBytes: number;
}

/** MD5 and size of a file, read once in constant memory. MD5 because Exoscale's `checksum` is one. */
export async function digestFile(
  file: string,
  signal: AbortSignal | undefined,
): Promise<FileDigest> {
  const hash = createHash('md5');
  let sizeBytes = 0;
  const chunks: AsyncIterable<Buffer> = createReadStream(file);
  for await (const chunk of chunks) {
    signal?.throwIfAborted();
    hash.update(chunk);
    sizeBytes += chunk.byteLength;
  }
  return { md5: hash.digest(), sizeBytes };
}
