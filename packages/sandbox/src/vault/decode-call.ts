import type { HttpRequest } from '../http/exchange.ts';
import type { Call, Operation } from './call.ts';
import { parseDurationMs } from './durations.ts';
import { readFields } from './fields.ts';
import { badRequest, Refusal } from './refusal.ts';

const LONGEST_BODY_BYTES = 32 * 1024 * 1024;

const OPERATIONS: Readonly<Record<string, Operation>> = {
  GET: 'read',
  HEAD: 'read',
  LIST: 'list',
  POST: 'update',
  PUT: 'update',
  DELETE: 'delete',
};

/** Turns an HTTP request under `/v1/` into a call; what cannot be one is refused. */
export function decodeCall(request: HttpRequest, requestId: string): Call {
  const query = new URLSearchParams(request.query);
  const isListing = request.method === 'GET' && query.get('list') === 'true';
  const operation = isListing ? 'list' : OPERATIONS[request.method];
  if (operation === undefined) throw new Refusal(405);
  const path = decodePath(request.path);

  return {
    requestId,
    operation,
    path: operation === 'list' && !path.endsWith('/') ? `${path}/` : path,
    fields: readFields(operation === 'update' ? decodeBody(request.body) : fromQuery(query)),
    remoteAddress: request.remoteAddress ?? '127.0.0.1',
    clientToken: tokenOf(request.headers),
    wrapTtlMs: wrapTtlOf(request.headers),
  };
}

function decodePath(escaped: string): string {
  let path: string;
  try {
    path = decodeURIComponent(escaped).replace(/^\/v1\//, '');
  } catch {
    throw new Refusal(400);
  }
  if (path.split('/').includes('..')) throw badRequest('relative paths not supported');
  return path;
}

function decodeBody(body: Uint8Array): Record<string, unknown> {
  if (body.byteLength > LONGEST_BODY_BYTES) throw new Refusal(413, 'http: request body too large');
  const text = Buffer.from(body).toString('utf8').trim();
  if (text === '') return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw broken(text);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const kind = Array.isArray(value) ? 'array' : typeof value;
    throw badRequest(
      `error parsing JSON: failed to parse JSON input: json: cannot unmarshal ${kind} into Go value of type map[string]interface {}`,
    );
  }
  return value as Record<string, unknown>;
}

/** What is cut off fails before it is read, what is no JSON at all only then. */
function broken(text: string): Refusal {
  if (/^[[{]/.test(text)) return new Refusal(500, 'malformed JSON, unclosed containers');
  return badRequest(
    `error parsing JSON: failed to parse JSON input: invalid character '${text[0]}' looking for beginning of value`,
  );
}

function fromQuery(query: URLSearchParams): Record<string, unknown> {
  return Object.fromEntries([...query].filter(([name]) => name !== 'list'));
}

function tokenOf(headers: HttpRequest['headers']): string {
  const bearer = /^Bearer (.+)$/.exec(headers.authorization ?? '');
  return headers['x-vault-token'] || (bearer?.[1] ?? '');
}

function wrapTtlOf(headers: HttpRequest['headers']): number {
  const given = headers['x-vault-wrap-ttl'] ?? '';
  const wrapTtlMs = parseDurationMs(given);
  if (wrapTtlMs === undefined) {
    throw badRequest(
      `error parsing X-Vault-Wrap-TTL header: time: invalid duration ${JSON.stringify(given)}`,
    );
  }
  if (wrapTtlMs < 0) throw badRequest('requested wrap ttl cannot be negative');
  return wrapTtlMs;
}
