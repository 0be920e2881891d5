import { timeoutFailure } from './connection-failure.ts';
import { attemptHttp, type HttpAnswer, type HttpAttempt } from './http-attempt.ts';

export interface UploadBody {
  readonly sizeBytes: number;
  /** Opens the content anew, for every attempt. */
  readonly open: () => AsyncIterable<Uint8Array>;
  readonly onProgress?: ((sentBytes: number) => void) | undefined;
}

export interface Upload extends Omit<HttpAttempt, 'timeoutMs'> {
  /** Longest time without a byte moving, the server's answer at the end included. */
  readonly stallMs: number;
}

/** No single upload is watched by a fixed limit, only by its progress; this keeps the attempt's own out of the way. */
const longestUploadMs = 24 * 3_600_000;

/** Streams a body in constant memory; rejects with `timed-out` when nothing moves for `stallMs`. */
export async function uploadStream(
  fetch: typeof globalThis.fetch,
  upload: Upload,
  body: UploadBody,
): Promise<HttpAnswer> {
  const stalled = new AbortController();
  const watchdog = setTimeout(() => stalled.abort(), upload.stallMs);
  const signals = upload.signal === undefined ? [] : [upload.signal];
  try {
    return await attemptHttp(fetch, {
      ...upload,
      init: { ...upload.init, body: watched(body, watchdog), duplex: 'half' },
      timeoutMs: longestUploadMs,
      signal: AbortSignal.any([stalled.signal, ...signals]),
    });
  } catch (error) {
    upload.signal?.throwIfAborted();
    throw stalled.signal.aborted ? timeoutFailure(upload.stallMs, upload) : error;
  } finally {
    clearTimeout(watchdog);
  }
}

function watched(body: UploadBody, watchdog: NodeJS.Timeout): ReadableStream<Uint8Array> {
  return ReadableStream.from(counted(body, watchdog));
}

async function* counted(body: UploadBody, watchdog: NodeJS.Timeout): AsyncGenerator<Uint8Array> {
  let sentBytes = 0;
  for await (const chunk of body.open()) {
    yield chunk;
    sentBytes += chunk.byteLength;
    watchdog.refresh();
    body.onProgress?.(sentBytes);
  }
}
