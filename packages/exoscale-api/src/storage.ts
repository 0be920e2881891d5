import { AwsV4Signer } from 'aws4fetch';
import { answerFailure } from './answer-failure.ts';
import type { CallOptions, Client } from './client.ts';
import type { Credentials } from './credentials.ts';
import { type ExoscaleError, isExoscaleError } from './exoscale-error.ts';
import { attemptHttp, type HttpAnswer } from './http-attempt.ts';
import { type ListedObject, readList, uploadPrefix } from './listed-object.ts';
import { isTransient, retry } from './retry.ts';
import { type UploadBody, uploadStream } from './upload-stream.ts';

export interface StoredObject extends UploadBody {
  readonly contentMd5: string;
}

/** Object storage (SOS): as much of S3 as an image import needs. Path style, SigV4, region = zone. */
export interface Storage {
  /** Creates the bucket unless it is there. */
  ensureBucket(bucket: string, options?: CallOptions): Promise<void>;
  /** Uploads an object that anybody who knows its URL can read, and resolves with that URL. Up to 5 GiB. */
  putPublic(
    bucket: string,
    key: string,
    object: StoredObject,
    options?: CallOptions,
  ): Promise<string>;
  /** Deleting what is gone is no error. */
  delete(bucket: string, key: string, options?: CallOptions): Promise<void>;
  /** The first thousand uploads of `importTemplate()` that lie there; under way, or left by one that was killed. */
  listUploads(bucket: string, options?: CallOptions): Promise<readonly ListedObject[]>;
}

export interface StorageOptions {
  readonly fetch: typeof globalThis.fetch;
  readonly credentials: () => Credentials | Promise<Credentials>;
  readonly requestTimeoutMs: number;
  readonly userAgent: string;
}

interface StorageCall extends CallOptions {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'DELETE';
  /** Bucket, or bucket and key. */
  readonly path: readonly string[];
  readonly query?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly object?: StoredObject | undefined;
}

export function createStorage(client: Client, options: StorageOptions): Storage {
  return {
    listUploads,
    ensureBucket: async (bucket, { signal } = {}) => {
      try {
        await send({ method: 'HEAD', path: [bucket], signal });
      } catch (error) {
        // A key may be allowed to write objects but not to look at the bucket: the upload will tell.
        if (isExoscaleError(error) && error.code === 'forbidden') return;
        if (!isExoscaleError(error) || error.code !== 'not-found') throw error;
        await createBucket(bucket, signal);
      }
    },
    putPublic: async (bucket, key, object, { signal } = {}) => {
      const headers = {
        'content-type': 'application/octet-stream',
        'content-length': String(object.sizeBytes),
        'content-md5': object.contentMd5,
        'x-amz-acl': 'public-read',
      };
      return (await send({ method: 'PUT', path: [bucket, key], headers, object, signal })).url;
    },
    delete: async (bucket, key, { signal } = {}) => {
      try {
        await send({ method: 'DELETE', path: [bucket, key], signal });
      } catch (error) {
        if (!isExoscaleError(error) || error.code !== 'not-found') throw error;
      }
    },
  };

  async function listUploads(
    bucket: string,
    { signal }: CallOptions = {},
  ): Promise<readonly ListedObject[]> {
    const query = `list-type=2&prefix=${encodeURIComponent(uploadPrefix)}`;
    try {
      return readList((await send({ method: 'GET', path: [bucket], query, signal })).body);
    } catch (error) {
      if (isExoscaleError(error) && error.code === 'not-found') return [];
      throw error;
    }
  }

  async function createBucket(bucket: string, signal: AbortSignal | undefined): Promise<void> {
    try {
      await send({ method: 'PUT', path: [bucket], signal });
    } catch (error) {
      if (!isExoscaleError(error) || error.code !== 'conflict') throw error;
      // Somebody was quicker: when that was another job of ours, the bucket is there now.
      await send({ method: 'HEAD', path: [bucket], signal }).catch(() => {
        throw error;
      });
    }
  }

  /** Every one of these calls is absolute, so that all may be repeated. */
  async function send(call: StorageCall): Promise<{ readonly url: string; readonly body: string }> {
    const { name, sosEndpoint } = await client.zone(call);
    const url = new URL(`${sosEndpoint}/${call.path.map(escapePath).join('/')}`);
    if (call.query !== undefined) url.search = call.query;
    const body = await retry(async () => sendOnce(url, name, call), {
      clock: client.clock,
      random: client.random,
      mayRepeat: isTransient,
      attempts: 3,
      signal: call.signal,
    });
    return { url: url.href, body };
  }

  async function sendOnce(url: URL, zone: string, call: StorageCall): Promise<string> {
    const name = `${call.method} {sos}/{bucket}${call.path.length > 1 ? '/{key}' : ''}`;
    const { key, secret } = await options.credentials();
    const signed = await new AwsV4Signer({
      url: url.href,
      method: call.method,
      headers: { 'user-agent': options.userAgent, ...call.headers },
      accessKeyId: key,
      secretAccessKey: secret.reveal(),
      service: 's3',
      region: zone,
      datetime: client.clock
        .now()
        .toISOString()
        .replace(/[:-]|\.\d{3}/g, ''),
    }).sign();
    const answer = await attempt(name, url, call, { method: call.method, headers: signed.headers });
    if (answer.status >= 200 && answer.status <= 299) return answer.body;
    throw storageFailure(name, answer, client.clock.now(), [
      secret.reveal(),
      signed.headers.get('authorization') ?? undefined,
    ]);
  }

  function attempt(
    name: string,
    url: URL,
    call: StorageCall,
    init: RequestInit,
  ): Promise<HttpAnswer> {
    const common = { call: name, isRepeatable: true, url, signal: call.signal };
    if (call.object === undefined) {
      return attemptHttp(options.fetch, { ...common, init, timeoutMs: options.requestTimeoutMs });
    }
    return uploadStream(
      options.fetch,
      { ...common, init, stallMs: options.requestTimeoutMs },
      call.object,
    );
  }
}

/** Throws a TypeError for an empty or dot segment: it would be resolved away, and name another object. */
function escapePath(path: string): string {
  const segments = path.split('/');
  if (segments.some((segment) => /^\.{0,2}$/.test(segment))) {
    throw new TypeError(`No bucket or key is named "${path}"`);
  }
  return segments.map(encodeURIComponent).join('/');
}

function storageFailure(
  call: string,
  answer: HttpAnswer,
  now: Date,
  sent: readonly (string | undefined)[],
): ExoscaleError {
  // S3 answers XML; its code and message are all that is worth showing.
  const parts = ['Code', 'Message'].map(
    (tag) => answer.body.match(`<${tag}>([^<]*)</${tag}>`)?.[1],
  );
  const body = parts.filter((part) => part !== undefined).join(': ');
  const retryAfter = answer.headers.get('retry-after');
  return answerFailure({
    call,
    isRepeatable: true,
    status: answer.status,
    body,
    retryAfter,
    now,
    sent,
  });
}
