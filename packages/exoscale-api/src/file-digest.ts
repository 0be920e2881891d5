import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';

export interface FileDigest {
  /** Of the whole file. */
  readonly md5: Buffer;
  readonly sizeBytes: number;
  /** In order, without a gap. */
  readonly parts: readonly FilePart[];
}

export interface FilePart {
  /** Of its first byte in the file. */
  readonly offset: number;
  readonly sizeBytes: number;
  readonly md5: Buffer;
}

const bufferBytes = 256 * 1024;

/**
 * Digests of a file and of its parts, read once in constant memory. MD5 because Exoscale's `checksum` is one, and so is
 * the only digest that S3 compares with a streamed body.
 */
export async function digestFile(
  file: string,
  partBytes: number,
  signal: AbortSignal | undefined,
): Promise<FileDigest> {
  const whole = createHash('md5');
  const parts: FilePart[] = [];
  let part = createHash('md5');
  let offset = 0;
  let sizeBytes = 0;

  function endPart(): void {
    if (sizeBytes === offset) return;
    parts.push({ offset, sizeBytes: sizeBytes - offset, md5: part.digest() });
    part = createHash('md5');
    offset = sizeBytes;
  }

  await using handle = await open(file);
  // One for all: a stream would leave its buffers to the collector, which comes late for large files.
  const buffer = Buffer.alloc(bufferBytes);
  for (;;) {
    signal?.throwIfAborted();
    const { bytesRead } = await handle.read(buffer);
    if (bytesRead === 0) break;
    const chunk = buffer.subarray(0, bytesRead);
    whole.update(chunk);
    for (let start = 0; start < chunk.byteLength; ) {
      const end = Math.min(chunk.byteLength, start + offset + partBytes - sizeBytes);
      part.update(chunk.subarray(start, end));
      sizeBytes += end - start;
      start = end;
      if (sizeBytes === offset + partBytes) endPart();
    }
  }
  endPart();
  return { md5: whole.digest(), sizeBytes, parts };
}
