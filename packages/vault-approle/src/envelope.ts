import type { IncomingHttpHeaders } from 'node:http';

export type JsonObject = Readonly<Record<string, unknown>>;

/** The frame around every successful answer of Vault. */
export interface Envelope {
  readonly requestId: string;
  readonly leaseId: string;
  readonly leaseDurationMs: number;
  readonly renewable: boolean;
  readonly data: JsonObject | undefined;
  readonly auth: JsonObject | undefined;
  /** Holds the rest of the answer when wrapping was asked for; else empty. */
  readonly wrappingToken: string;
}

const emptyEnvelope: Envelope = {
  requestId: '',
  leaseId: '',
  leaseDurationMs: 0,
  renewable: false,
  data: undefined,
  auth: undefined,
  wrappingToken: '',
};

/** Reads a 2xx answer; a string says what is wrong with it. */
export function parseEnvelope(text: string, headers: IncomingHttpHeaders): Envelope | string {
  if (text === '') return emptyEnvelope;
  const type = headers['content-type'] ?? '';
  if (!/^application\/json\b/i.test(type)) return `want JSON, got content type "${type}"`;
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') return `want no compression, got "${encoding}"`;
  const body = parseJson(text);
  if (!isObject(body)) return 'want a JSON object';
  return {
    requestId: asText(body.request_id),
    leaseId: asText(body.lease_id),
    leaseDurationMs: asSeconds(body.lease_duration) * 1000,
    renewable: body.renewable === true,
    data: isObject(body.data) ? body.data : undefined,
    auth: isObject(body.auth) ? body.auth : undefined,
    wrappingToken: isObject(body.wrap_info) ? asText(body.wrap_info.token) : '',
  };
}

/** The messages of an error answer, which may also be no JSON at all. */
export function parseErrors(text: string): { messages: readonly string[]; requestId: string } {
  const body = parseJson(text);
  if (!isObject(body)) return { messages: [], requestId: '' };
  const errors = Array.isArray(body.errors) ? body.errors : [];
  return {
    messages: errors.filter((message) => typeof message === 'string'),
    requestId: asText(body.request_id),
  };
}

export function asText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function asSeconds(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
