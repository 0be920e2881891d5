import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

/** Hexadecimal. Exoscale keeps the MD5, as whoever registers an image declares it. */
export interface ImageDigests {
  readonly sha256: string;
  readonly md5: string;
}

/** `undefined` when there is no such file. */
export async function digestImage(
  file: string,
  signal: AbortSignal,
): Promise<ImageDigests | undefined> {
  const [sha256, md5] = [createHash('sha256'), createHash('md5')];
  try {
    for await (const chunk of createReadStream(file, { signal, highWaterMark: 1 << 20 })) {
      sha256.update(chunk as Buffer);
      md5.update(chunk as Buffer);
    }
  } catch (error) {
    signal.throwIfAborted();
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  return { sha256: sha256.digest('hex'), md5: md5.digest('hex') };
}
