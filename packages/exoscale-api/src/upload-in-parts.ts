import { isExoscaleError } from './exoscale-error.ts';
import { readOpenUploads, textOf } from './listed-object.ts';
import { isTransient } from './retry.ts';
import type { StoredObject } from './storage.ts';
import type { StorageRequest } from './storage-request.ts';

export interface ObjectName {
  readonly bucket: string;
  readonly key: string;
}

interface Uploading extends ObjectName {
  readonly request: StorageRequest;
  readonly object: StoredObject;
  readonly headers: Readonly<Record<string, string>>;
}

/** Parts under way at the same time. */
const lanes = 4;

/** A cancelled CI job has a few seconds for all of its cleaning up. */
const cancelledCleanupMs = 2_000;
const cleanupMs = 10_000;

/** Uploads an object part by part, several at a time; an upload that does not succeed is aborted in the store as well. */
export async function uploadInParts(
  uploading: Uploading,
  signal: AbortSignal | undefined,
): Promise<string> {
  try {
    const uploadId = await start(uploading, signal);
    const etags = await putParts(uploading, uploadId, signal);
    return await complete(uploading, uploadId, etags, signal);
  } catch (error) {
    const limitMs = signal?.aborted ? cancelledCleanupMs : cleanupMs;
    const { request, object } = uploading;
    await abortUploads(request, uploading, AbortSignal.timeout(limitMs)).catch((failure) => {
      object.onLeftOpen?.(failure instanceof Error ? failure.message : String(failure));
    });
    throw error;
  }
}

/** Aborts every open upload of this key; also one of which we were never told, because the answer was lost. */
async function abortUploads(
  request: StorageRequest,
  { bucket, key }: ObjectName,
  signal: AbortSignal,
): Promise<void> {
  const query = { uploads: '', prefix: key };
  const { body } = await request({ method: 'GET', path: [bucket], query, signal });
  const open = readOpenUploads(body).filter((upload) => upload.key === key);
  await Promise.all(
    open.map(({ uploadId }) => abortUpload(request, { bucket, key, uploadId }, signal)),
  );
}

/** Aborting what is gone is no error. */
export async function abortUpload(
  request: StorageRequest,
  { bucket, key, uploadId }: ObjectName & { readonly uploadId: string },
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    await request({ method: 'DELETE', path: [bucket, key], query: { uploadId }, signal });
  } catch (error) {
    if (!isExoscaleError(error) || error.code !== 'not-found') throw error;
  }
}

/** Each start makes another upload. After a lost answer that is harmless: in the end all of this key are aborted. */
async function start(
  { request, bucket, key, headers, object }: Uploading,
  signal: AbortSignal | undefined,
): Promise<string> {
  const call = { method: 'POST', path: [bucket, key], query: { uploads: '' }, headers } as const;
  let answer = await request({ ...call, signal, attempts: 1 }).catch(async (error: unknown) => {
    signal?.throwIfAborted();
    if (!isExoscaleError(error) || !isTransient(error)) throw error;
    return undefined;
  });
  if (answer === undefined) {
    await abortUploads(request, { bucket, key }, AbortSignal.timeout(cleanupMs)).catch(
      (failure) => {
        object.onLeftOpen?.(failure instanceof Error ? failure.message : String(failure));
      },
    );
    answer = await request({ ...call, signal, attempts: 1 });
  }
  return textOf('UploadId', answer.body);
}

/** Resolves with the parts' ETags, in order. The first part that fails ends the others. */
async function putParts(
  { request, bucket, key, object }: Uploading,
  uploadId: string,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const failed = new AbortController();
  const both = AbortSignal.any([failed.signal, ...(signal === undefined ? [] : [signal])]);
  const sent: number[] = object.parts.map(() => 0);
  const etags: string[] = [];
  const waiting = object.parts.entries();

  async function lane(): Promise<void> {
    // One for all parts of the lane: buffers that are left to the collector add up, which comes late for large ones.
    const buffer = new Uint8Array(Math.max(...object.parts.map(({ sizeBytes }) => sizeBytes)));
    for (const [index, part] of waiting) {
      both.throwIfAborted();
      const content = buffer.subarray(0, part.sizeBytes);
      await object.readPart(part, content);
      const { headers } = await request({
        method: 'PUT',
        path: [bucket, key],
        query: { partNumber: String(index + 1), uploadId },
        headers: {
          'content-length': String(part.sizeBytes),
          'content-md5': part.md5.toString('base64'),
        },
        body: {
          sizeBytes: part.sizeBytes,
          open: () => inChunks(content),
          onProgress: (sentBytes) => {
            sent[index] = sentBytes;
            object.onProgress?.(sent.reduce((sum, bytes) => sum + bytes, 0));
          },
        },
        signal: both,
      });
      etags[index] = headers.get('etag') ?? '';
    }
  }

  const running = Array.from({ length: Math.min(lanes, object.parts.length) }, () =>
    lane().catch((error: unknown) => {
      failed.abort(error);
      throw error;
    }),
  );
  await Promise.allSettled(running);
  signal?.throwIfAborted();
  failed.signal.throwIfAborted();
  return etags;
}

/** Small enough for progress to be seen, and for a watchdog to see it. */
const chunkBytes = 256 * 1024;

async function* inChunks(content: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < content.length; start += chunkBytes) {
    yield content.subarray(start, start + chunkBytes);
  }
}

/** Resolves with the object's URL. */
async function complete(
  { request, bucket, key, object }: Uploading,
  uploadId: string,
  etags: readonly string[],
  signal: AbortSignal | undefined,
): Promise<string> {
  const parts = etags.map(
    (etag, index) => `<Part><PartNumber>${index + 1}</PartNumber><ETag>${etag}</ETag></Part>`,
  );
  const body = `<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`;
  const path = [bucket, key] as const;
  try {
    return (await request({ method: 'POST', path, query: { uploadId }, body, signal })).url;
  } catch (error) {
    signal?.throwIfAborted();
    // Completed by an attempt whose answer was lost: then there is no such upload any more, and there is the object.
    if (!isExoscaleError(error) || error.code !== 'not-found') throw error;
    const { url, headers } = await request({ method: 'HEAD', path, signal });
    if (Number(headers.get('content-length')) !== object.sizeBytes) throw error;
    return url;
  }
}
