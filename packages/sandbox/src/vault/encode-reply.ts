import { type HttpResponse, json } from '../http/exchange.ts';
import type { Served } from './audit-log.ts';
import type { Call, Outcome } from './call.ts';
import { toSeconds } from './durations.ts';
import type { Refusal } from './refusal.ts';
import type { Token } from './token.ts';

const HEADERS = { 'cache-control': 'no-store' };

export interface Envelope {
  readonly request_id: string;
  readonly lease_id: string;
  readonly renewable: boolean;
  readonly lease_duration: number;
  readonly data: Outcome['data'] | null;
  readonly wrap_info: object | null;
  readonly warnings: readonly string[] | null;
  readonly auth: Outcome['auth'] | null;
  /** Of the backend that answered; '' for logins, and for answers with a status of their own. */
  readonly mount_type: string;
}

export function toEnvelope(requestId: string, outcome: Outcome): Envelope {
  return {
    request_id: requestId,
    lease_id: outcome.lease?.id ?? '',
    renewable: outcome.lease?.renewable ?? false,
    lease_duration: outcome.lease?.durationSeconds ?? 0,
    data: outcome.data ?? null,
    wrap_info: null,
    warnings: outcome.warnings?.length ? outcome.warnings : null,
    auth: outcome.auth ?? null,
    mount_type: outcome.mountType ?? '',
  };
}

export function encodeServed(call: Call, { outcome, wrappingToken }: Served): HttpResponse {
  return wrappingToken === undefined ? encodeOutcome(call, outcome) : encodeWrapped(wrappingToken);
}

/** Nothing is 204, except for who asked to read. */
function encodeOutcome(call: Call, outcome: Outcome | undefined): HttpResponse {
  const isEmptyList =
    call.operation === 'list' && !(outcome?.data?.keys as unknown[] | undefined)?.length;
  const isNothing = outcome === undefined || isEmptyList;
  if (isNothing && (call.operation === 'read' || call.operation === 'list')) {
    return json(404, { errors: [] }, HEADERS);
  }
  if (isNothing) return { status: 204, headers: HEADERS, body: '' };
  if (outcome.rawBody !== undefined) {
    return { ...json(200, null, HEADERS), body: outcome.rawBody };
  }
  const status = outcome.status ?? 200;
  if (status === 202 && outcome.data === undefined && !outcome.warnings?.length) {
    return { status, headers: HEADERS, body: '' };
  }
  return json(status, { ...toEnvelope(call.requestId, outcome), ...outcome.topLevel }, HEADERS);
}

/** What stands in for a reply that was put into a wrapping token. */
function encodeWrapped(wrappingToken: Token): HttpResponse {
  const { wrapped } = wrappingToken;
  const envelope: Envelope = {
    ...toEnvelope('', {}),
    wrap_info: {
      token: wrappingToken.id,
      accessor: wrappingToken.accessor,
      ttl: toSeconds(wrappingToken.ttlMs),
      creation_time: wrappingToken.issuedAt.toISOString(),
      creation_path: wrapped?.creationPath ?? '',
      ...(wrapped?.wrappedAccessor === undefined
        ? {}
        : { wrapped_accessor: wrapped.wrappedAccessor }),
    },
  };
  return json(200, envelope, HEADERS);
}

export function encodeRefusal(refusal: Refusal): HttpResponse {
  return json(refusal.status, { errors: refusal.errors }, HEADERS);
}
