import { createHmac } from 'node:crypto';
import type { AuthReply, Call, Outcome } from './call.ts';
import { toSeconds } from './durations.ts';
import type { Refusal } from './refusal.ts';
import type { Token } from './token.ts';

/** One line of Vault's audit log. Secrets appear as `hmac-sha256:…` only; metadata and ids of requests in clear. */
export interface AuditEntry {
  readonly type: 'request' | 'response';
  readonly time: string;
  readonly auth?: Readonly<Record<string, unknown>>;
  readonly request: Readonly<Record<string, unknown>> & {
    readonly id: string;
    readonly path: string;
  };
  readonly response?: Readonly<Record<string, unknown>>;
  readonly error?: string;
}

/** How a call ended. */
export interface Served {
  readonly outcome: Outcome | undefined;
  /** The answer went into it. */
  readonly wrappingToken?: Token | undefined;
}

export interface AuditLog {
  record(call: Call, caller: Token | undefined, end: Served | Refusal): void;
  /** What a value looks like in the log: `sys/audit-hash`. */
  hash(value: string): string;
  entries(): readonly AuditEntry[];
}

/** Enough for a long test, little enough for a sandbox that stays up. */
const LONGEST_LOG = 20_000;

export function createAuditLog(seed: string, now: () => Date): AuditLog {
  const entries: AuditEntry[] = [];
  const hash = (value: string): string =>
    value === '' ? '' : `hmac-sha256:${createHmac('sha256', seed).update(value).digest('hex')}`;
  const concealAll = (value: unknown): unknown => {
    if (typeof value === 'string') return hash(value);
    if (Array.isArray(value)) return value.map(concealAll);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, concealAll(item)]));
  };
  const describeResponse = ({ outcome, wrappingToken }: Served): AuditEntry['response'] => {
    if (wrappingToken !== undefined) return { wrap_info: describeWrapping(wrappingToken, hash) };
    return {
      ...(outcome?.auth && { auth: describeAuth(outcome.auth, hash) }),
      ...(outcome?.lease && { secret: { lease_id: outcome.lease.id } }),
      ...(outcome?.data && { data: concealAll(outcome.data) }),
      ...(outcome?.rawBody && { data: { http_raw_body: hash(outcome.rawBody) } }),
    };
  };

  return {
    hash,
    entries: () => entries,
    record(call, caller, end) {
      const base = {
        time: now().toISOString(),
        ...(caller && { auth: describeCaller(caller, hash) }),
        request: describeRequest(call, caller, hash, concealAll(call.fields.raw)),
      };
      const failure = end instanceof Error ? { error: end.message } : {};
      entries.push(
        { type: 'request', ...base, ...failure },
        {
          type: 'response',
          ...base,
          ...failure,
          ...(end instanceof Error ? {} : { response: describeResponse(end) ?? {} }),
        },
      );
      if (entries.length > LONGEST_LOG) entries.splice(0, entries.length - LONGEST_LOG);
    },
  };
}

type Hash = (value: string) => string;

const describeRequest = (
  call: Call,
  caller: Token | undefined,
  hash: Hash,
  data: unknown,
): AuditEntry['request'] => ({
  id: call.requestId,
  operation: call.operation,
  path: call.path,
  data,
  remote_address: call.remoteAddress,
  ...(call.clientToken === '' ? {} : { client_token: hash(call.clientToken) }),
  ...(caller && { client_token_accessor: hash(caller.accessor) }),
  ...(call.wrapTtlMs > 0 ? { wrap_ttl: toSeconds(call.wrapTtlMs) } : {}),
});

const describeCaller = (token: Token, hash: Hash): Record<string, unknown> => ({
  client_token: hash(token.id),
  accessor: hash(token.accessor),
  display_name: token.displayName,
  policies: token.policies,
  metadata: token.metadata ?? null,
  entity_id: token.entityId,
  token_type: token.type,
});

const describeAuth = (auth: AuthReply, hash: Hash): Record<string, unknown> => ({
  client_token: hash(auth.client_token),
  accessor: hash(auth.accessor),
  policies: auth.policies,
  metadata: auth.metadata,
  entity_id: auth.entity_id,
  token_type: auth.token_type,
});

const describeWrapping = (token: Token, hash: Hash): Record<string, unknown> => ({
  token: hash(token.id),
  accessor: hash(token.accessor),
  ttl: toSeconds(token.ttlMs),
  creation_time: token.issuedAt.toISOString(),
  creation_path: token.wrapped?.creationPath,
  wrapped_accessor: hash(token.wrapped?.wrappedAccessor ?? ''),
});
