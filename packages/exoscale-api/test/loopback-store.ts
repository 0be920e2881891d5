import { createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { credentials } from './loopback-api.ts';

export interface LoopbackStore extends AsyncDisposable {
  /** Path-style S3 endpoint. */
  readonly endpoint: string;
  readonly calls: string[];
  readonly buckets: Set<string>;
  /** `bucket/key` to its MD5 in hex; only what lies there now. */
  readonly objects: Map<string, string>;
  readonly uploads: {
    readonly headers: IncomingMessage['headers'];
    readonly sizeBytes: number;
    readonly largestChunk: number;
  }[];
  /** Statuses to answer with, per method, before doing anything. */
  readonly faults: Partial<Record<string, (number | 'cut' | 'stall')[]>>;
}

/** As much of S3 as an import needs, with SigV4 checked by an implementation of its own. */
export async function startStore(region: string): Promise<LoopbackStore> {
  const calls: string[] = [];
  const buckets = new Set<string>();
  const objects = new Map<string, string>();
  const uploads: LoopbackStore['uploads'][number][] = [];
  const faults: LoopbackStore['faults'] = {};

  const server = createServer(async (request, response) => {
    const { method = '', url = '' } = request;
    const path = url.replace(/^\/sos\//, '');
    const [bucket = '', ...key] = path.split('/');
    calls.push(`${method} ${key.length > 0 ? `${bucket}/{key}` : bucket}`);
    const fault = faults[method]?.shift();
    if (fault === 'stall') return;
    if (fault === 'cut') return void request.socket.destroy();
    if (fault !== undefined) return void response.writeHead(fault).end(errorXml);
    if (!isSigned(request, region)) return void response.writeHead(403).end(errorXml);
    if (key.length === 0) {
      if (method === 'PUT') buckets.add(bucket);
      return void response.writeHead(buckets.has(bucket) ? 200 : 404).end();
    }
    if (method === 'DELETE') return void response.writeHead(objects.delete(path) ? 204 : 404).end();
    if (!buckets.has(bucket)) return void response.writeHead(404).end(errorXml);
    const stored = await digest(request);
    uploads.push({ headers: request.headers, ...stored });
    objects.set(path, stored.md5);
    response.writeHead(200).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/sos`,
    calls,
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
  const canonical = [method, url, '', signed.join(''), names, headers['x-amz-content-sha256']].join(
    '\n',
  );
  const scope = `${day}/${region}/s3/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, sha256(canonical)].join('\n');
  const signingKey = [day, region, 's3', 'aws4_request'].reduce<string | Buffer>(
    (secret, part) => hmac(secret, part),
    `AWS4${credentials.secret.reveal()}`,
  );
  return hmac(signingKey, toSign).toString('hex') === signature;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
