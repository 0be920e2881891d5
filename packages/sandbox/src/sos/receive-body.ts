import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Refusal } from './refusal.ts';

export interface BodyExpectations {
  /** Hex; the signature covers it. */
  readonly sha256: string | undefined;
  /** The `content-md5` header, base64. */
  readonly md5: string | undefined;
}

export interface ReceivedBody {
  readonly file: string;
  readonly sizeBytes: number;
  /** Hex. */
  readonly md5: string;
}

/** Streams a body to a new file; a body that is not what was announced leaves no file. */
export async function receiveBody(
  body: Readable,
  file: string,
  expected: BodyExpectations,
): Promise<ReceivedBody> {
  const md5 = createHash('md5');
  const sha256 = createHash('sha256');
  let sizeBytes = 0;
  try {
    await pipeline(
      body,
      async function* measure(chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          md5.update(chunk);
          if (expected.sha256 !== undefined) sha256.update(chunk);
          sizeBytes += chunk.length;
          yield chunk;
        }
      },
      createWriteStream(file, { flags: 'wx', mode: 0o600 }),
    );
    const md5Digest = md5.digest();
    if (expected.md5 !== undefined && expected.md5 !== md5Digest.toString('base64')) {
      throw new Refusal(400, 'BadDigest', 'The Content-MD5 does not match the body');
    }
    if (expected.sha256 !== undefined && expected.sha256 !== sha256.digest('hex')) {
      throw new Refusal(
        400,
        'XAmzContentSHA256Mismatch',
        'The x-amz-content-sha256 header does not match the body',
      );
    }
    return { file, sizeBytes, md5: md5Digest.toString('hex') };
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  }
}
