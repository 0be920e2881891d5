import { AwsV4Signer } from 'aws4fetch';
import { answerFailure } from './answer-failure.ts';
import type { CallOptions, Client } from './client.ts';
import type { Credentials } from './credentials.ts';
import type { ExoscaleError } from './exoscale-error.ts';
import { attemptHttp, type HttpAnswer } from './http-attempt.ts';
import { isTransient, retry } from './retry.ts';
import { type UploadBody, uploadStream } from './upload-stream.ts';

export interface StorageOptions {
  readonly fetch: typeof globalThis.fetch;
  readonly credentials: () => Credentials | Promise<Credentials>;
  readonly requestTimeoutMs: number;
  readonly userAgent: string;
}

export interface StorageCall extends CallOptions {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  /** Bucket, or bucket and key. */
  readonly path: readonly [bucket: string, key?: string];
  readonly query?: Readonly<Record<string, string>> | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** An upload, or a small document. */
  readonly body?: UploadBody | string | undefined;
  /** @default 3: every call but the start of an upload is absolute, and may be repeated */
  readonly attempts?: number | undefined;
}

export interface StorageAnswer {
  /** Without the query. */
  readonly url: string;
  readonly body: string;
  readonly headers: Headers;
}

/** Sends a call to the zone's object store, path style, signed with SigV4 for the zone; rejects unless it succeeds. */
export type StorageRequest = (call: StorageCall) => Promise<StorageAnswer>;

export function createStorageRequest(client: Client, options: StorageOptions): StorageRequest {
  return async (call) => {
    const { name: zone, sosEndpoint } = await client.zone(call);
    const path = call.path.filter((part) => part !== undefined).map(escapePath);
    const url = new URL(`${sosEndpoint}/${path.join('/')}`);
    const place = url.href;
    for (const [name, value] of Object.entries(call.query ?? {})) url.searchParams.set(name, value);
    const answer = await retry(async () => sendOnce(url, zone, call), {
      clock: client.clock,
      random: client.random,
      mayRepeat: isTransient,
      attempts: call.attempts ?? 3,
      signal: call.signal,
    });
    return { url: place, body: answer.body, headers: answer.headers };
  };

  async function sendOnce(url: URL, zone: string, call: StorageCall): Promise<HttpAnswer> {
    const { key, secret } = await options.credentials();
    const { headers } = await new AwsV4Signer({
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
    const answer = await attempt(url, call, { method: call.method, headers });
    const isRefused = answer.status < 200 || answer.status > 299;
    // An upload that is completed may fail after its status has been sent.
    if (!isRefused && !answer.body.includes('<Error>')) return answer;
    const sent = [secret.reveal(), headers.get('authorization') ?? undefined];
    throw storageFailure(call, answer, client.clock.now(), sent);
  }

  function attempt(url: URL, call: StorageCall, init: RequestInit): Promise<HttpAnswer> {
    const { body, signal } = call;
    const common = { call: storageCallName(call), isRepeatable: true, url, signal };
    const { fetch, requestTimeoutMs } = options;
    if (typeof body === 'object') {
      return uploadStream(fetch, { ...common, init, stallMs: requestTimeoutMs }, body);
    }
    const document = { ...common, init: { ...init, body: body ?? null } };
    return attemptHttp(fetch, { ...document, timeoutMs: requestTimeoutMs });
  }
}

/** Names the call in messages, without bucket and key: `PUT {sos}/{bucket}/{key}`. */
function storageCallName({ method, path, query = {} }: StorageCall): string {
  const names = Object.keys(query).filter((name) => /^uploads?|^partNumber/.test(name));
  const place = `{sos}/{bucket}${path[1] === undefined ? '' : '/{key}'}`;
  return `${method} ${place}${names.length > 0 ? `?${names.join('&')}` : ''}`;
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
  call: StorageCall,
  { status, body, headers }: HttpAnswer,
  now: Date,
  sent: readonly (string | undefined)[],
): ExoscaleError {
  // S3 answers XML; its code and message are all that is worth showing.
  const parts = ['Code', 'Message'].map((tag) => body.match(`<${tag}>([^<]*)</${tag}>`)?.[1]);
  return answerFailure({
    call: storageCallName(call),
    isRepeatable: true,
    // A failure that came with a 200 is the store's own.
    status: status <= 299 ? 500 : status,
    body: parts.filter((part) => part !== undefined).join(': '),
    retryAfter: headers.get('retry-after'),
    now,
    sent,
  });
}
