import { createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer, text } from 'node:stream/consumers';
import { credentials } from './loopback-api.ts';

export interface LoopbackStore extends AsyncDisposable {
  /** Path-style S3 endpoint. */
  readonly endpoint: string;
  readonly calls: string[];
  /** Open uploads by id, with the sizes of their parts. */
  readonly open: Map<string, { readonly key: string; readonly parts: Map<number, StoredPart> }>;
  readonly buckets: Set<string>;
  /** `bucket/key` to its MD5 in hex; only what lies there now. */
  readonly objects: Map<string, string>;
  readonly uploads: {
    readonly headers: IncomingMessage['headers'];
    readonly sizeBytes: number;
    readonly largestChunk: number;
  }[];
  /** Statuses to answer with, per method or call, before doing anything; `cut-after` comes after having done it. */
  readonly faults: Partial<Record<string, (number | 'cut' | 'cut-after' | 'stall')[]>>;
}

export interface StoredPart {
  readonly bytes: Buffer;
  readonly md5: string;
}

/** As much of S3 as an import needs, with SigV4 checked by an implementation of its own. */
export async function startStore(region: string): Promise<LoopbackStore> {
  const calls: string[] = [];
  const buckets = new Set<string>();
  const objects = new Map<string, string>();
  const uploads: LoopbackStore['uploads'][number][] = [];
  const sizes = new Map<string, number>();
  const faults: LoopbackStore['faults'] = {};
  const open: LoopbackStore['open'] = new Map();

  const server = createServer((request, response) => {
    // A client that gives up in the middle of its upload is no trouble of the store.
    serve(request, response).catch(() => request.socket.destroy());
  });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '' } = request;
    const { pathname, searchParams: query } = new URL(url, 'http://store');
    const path = pathname.replace(/^\/sos\//, '');
    const [bucket = '', ...key] = path.split('/');
    const call = `${method} ${key.length > 0 ? `${bucket}/{key}` : bucket}${describe(query)}`;
    calls.push(call);
    const fault = (faults[call] ?? faults[method])?.shift();
    if (fault === 'cut-after') await act(query, method, bucket, path, request, undefined);
    if (fault === 'cut-after') return void request.socket.destroy();
    if (fault === 'stall') return;
    if (fault === 'cut') return void request.socket.destroy();
    if (fault !== undefined) return void response.writeHead(fault).end(errorXml);
    if (!isSigned(request, region)) return void response.writeHead(403).end(errorXml);
    if (await act(query, method, bucket, path, request, response)) return;
    if (key.length === 0) {
      if (method === 'PUT') buckets.add(bucket);
      return void response.writeHead(buckets.has(bucket) ? 200 : 404).end();
    }
    if (method === 'HEAD') {
      const headers = { 'content-length': sizes.get(path) ?? 0 };
      return void response.writeHead(objects.has(path) ? 200 : 404, headers).end();
    }
    if (method === 'DELETE') return void response.writeHead(objects.delete(path) ? 204 : 404).end();
    if (!buckets.has(bucket)) return void response.writeHead(404).end(errorXml);
    const stored = await digest(request);
    uploads.push({ headers: request.headers, ...stored });
    objects.set(path, stored.md5);
    response.writeHead(200).end();
  }

  /** The calls that uploads in parts are made of; `false` for any other. */
  async function act(
    query: URLSearchParams,
    method: string,
    bucket: string,
    path: string,
    request: IncomingMessage,
    response: ServerResponse | undefined,
  ): Promise<boolean> {
    const id = query.get('uploadId');
    if (id === null && !query.has('uploads')) return false;
    if (method === 'POST' && id === null) {
      const made = `upload-${open.size + 1}`;
      open.set(made, { key: path, parts: new Map() });
      response?.end(`<R><UploadId>${made}</UploadId></R>`);
    } else if (id === null) {
      const uploads = [...open].map(([uploadId, { key }]) => {
        const name = key.replace(`${bucket}/`, '');
        return `<Upload><Key>${name}</Key><UploadId>${uploadId}</UploadId><Initiated>2026-01-02T03:04:05Z</Initiated></Upload>`;
      });
      response?.end(`<R>${uploads.join('')}</R>`);
    } else await actOn(id, query, method, path, request, response);
    return true;
  }

  async function actOn(
    id: string,
    query: URLSearchParams,
    method: string,
    path: string,
    request: IncomingMessage,
    response: ServerResponse | undefined,
  ): Promise<void> {
    const upload = open.get(id);
    if (upload === undefined) return void response?.writeHead(404).end(errorXml);
    if (method === 'PUT') {
      const bytes = await buffer(request);
      const md5 = createHash('md5').update(bytes).digest('hex');
      const wanted = Buffer.from(String(request.headers['content-md5']), 'base64').toString('hex');
      if (md5 !== wanted) return void response?.writeHead(400).end(errorXml);
      upload.parts.set(Number(query.get('partNumber')), { bytes, md5 });
      response?.writeHead(200, { etag: `"${md5}"` }).end();
      return;
    }
    open.delete(id);
    if (method === 'POST') {
      const named = [...(await text(request)).matchAll(/<PartNumber>(\d+)<.*?<ETag>"(\w+)"</g)];
      const parts = named.map(([, number]) => upload.parts.get(Number(number)));
      const whole = Buffer.concat(parts.map((part) => part?.bytes ?? Buffer.from('missing')));
      sizes.set(path, whole.length);
      objects.set(path, createHash('md5').update(whole).digest('hex'));
    }
    response?.writeHead(method === 'POST' ? 200 : 204).end();
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/sos`,
    calls,
    open,
    buckets,
    objects,
    uploads,
    faults,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const errorXml =
  '<?xml version="1.0"?><Error><Code>Refused</Code><Message>By this test</Message></Error>';

async function digest(
  request: IncomingMessage,
): Promise<{ md5: string; sizeBytes: number; largestChunk: number }> {
  const hash = createHash('md5');
  let sizeBytes = 0;
  let largestChunk = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    hash.update(chunk);
    sizeBytes += chunk.byteLength;
    largestChunk = Math.max(largestChunk, chunk.byteLength);
  }
  return { md5: hash.digest('hex'), sizeBytes, largestChunk };
}

function isSigned({ method, url, headers }: IncomingMessage, region: string): boolean {
  const authorization = headers.authorization ?? '';
  const [, key, day = '', names = '', signature] =
    authorization.match(
      new RegExp(
        `^AWS4-HMAC-SHA256 Credential=(\\w+)/(\\d+)/${region}/s3/aws4_request, SignedHeaders=([\\w;-]+), Signature=(\\w+)$`,
      ),
    ) ?? [];
  if (key !== credentials.key || !names.split(';').includes('host')) return false;
  const signed = names.split(';').map((name) => `${name}:${String(headers[name] ?? '').trim()}\n`);
  const [path, query = ''] = (url ?? '').split('?');
  const sorted = query.split('&').toSorted().join('&');
  const hash = headers['x-amz-content-sha256'];
  const canonical = [method, path, sorted, signed.join(''), names, hash].join('\n');
  const scope = `${day}/${region}/s3/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, sha256(canonical)].join('\n');
  const signingKey = [day, region, 's3', 'aws4_request'].reduce<string | Buffer>(
    (secret, part) => hmac(secret, part),
    `AWS4${credentials.secret.reveal()}`,
  );
  return hmac(signingKey, toSign).toString('hex') === signature;
}

/** Names of the parameters by which a call is another one. */
function describe(query: URLSearchParams): string {
  const names = ['uploads', 'partNumber', 'uploadId', 'list-type'].filter((name) =>
    query.has(name),
  );
  return names.length === 0 ? '' : `?${names.join('&')}`;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
