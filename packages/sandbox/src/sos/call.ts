import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { MultipartUploads } from './multipart-uploads.ts';
import type { ObjectStore } from './object-store.ts';
import type { BodyExpectations } from './receive-body.ts';
import { Refusal } from './refusal.ts';

/** One authorized request. */
export interface SosCall {
  readonly bucket: string;
  readonly key: string;
  readonly query: URLSearchParams;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** What the signature promises about the body, hex; `undefined` when it promises nothing. */
  readonly sha256: string | undefined;
  /** The zone that the request was signed for; '' for a stranger's. */
  readonly zone: string;
}

export interface SosParts {
  readonly store: ObjectStore;
  readonly uploads: MultipartUploads;
  readonly now: () => Date;
}

export type SosAction = (call: SosCall, parts: SosParts) => Promise<void> | void;

export function sendXml(response: ServerResponse, xml: string, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/xml' }).end(xml);
}

export function expectations({ request, sha256 }: SosCall): BodyExpectations {
  return { sha256, md5: header(request, 'content-md5') };
}

export function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

/** What the client says about the object that it is about to send. */
export function announced({ request, query }: SosCall): { contentType: string; isPublic: boolean } {
  const acl = header(request, 'x-amz-acl') ?? query.get('x-amz-acl');
  return {
    contentType: header(request, 'content-type') || 'binary/octet-stream',
    isPublic: acl === 'public-read' || acl === 'public-read-write',
  };
}

const longestDocumentBytes = 1024 * 1024;

/** Reads one of the small XML documents of the protocol. */
export async function readDocument({ request, sha256 }: SosCall): Promise<string> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > longestDocumentBytes) {
      throw new Refusal(400, 'MaxMessageLengthExceeded', 'The document is longer than 1 MiB');
    }
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  if (sha256 !== undefined && createHash('sha256').update(body).digest('hex') !== sha256) {
    throw new Refusal(400, 'XAmzContentSHA256Mismatch', 'The body does not match its signed hash');
  }
  return body.toString('utf8');
}
