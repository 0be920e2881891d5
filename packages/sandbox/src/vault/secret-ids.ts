import { blocksCover, isAddressBlock } from './addresses.ts';
import type { AppRole } from './app-role.ts';
import { laterBy, toSeconds } from './durations.ts';
import type { Fields } from './fields.ts';
import { badRequest, unforeseen } from './refusal.ts';

/** Longer names and ids cannot be hashed by Vault. */
export const LONGEST_ID_BYTES = 4096;

export interface SecretId {
  readonly id: string;
  readonly accessor: string;
  readonly roleName: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly boundCidrs: readonly string[];
  readonly tokenBoundCidrs: readonly string[];
  readonly ttlMs: number;
  readonly createdAt: Date;
  /** Never when absent. Logins do not look at it: only the tidying does. */
  readonly expiresAt: Date | undefined;
  /** Unlimited when 0. */
  usesLeft: number;
  updatedAt: Date;
}

/** A secret id as asked for; it may be tighter than its role, never looser. */
export function draftSecretId(
  role: AppRole,
  fields: Fields,
  now: Date,
): Omit<SecretId, 'id' | 'accessor'> {
  const boundCidrs = fields.list('cidr_list');
  const tokenBoundCidrs = fields.list('token_bound_cidrs');
  const odd = boundCidrs.find((block) => !isAddressBlock(block));
  if (odd !== undefined) {
    throw unforeseen(`failed to validate CIDR blocks: invalid CIDR address: ${odd}`);
  }
  requireSubset(role.secretIdBoundCidrs, boundCidrs);
  if (!tokenBoundCidrs.every(isAddressBlock)) {
    throw badRequest('failed to validate token CIDR blocks');
  }
  requireSubset(role.token.boundCidrs, tokenBoundCidrs);
  const ttlMs = chooseTtl(role, fields);

  return {
    roleName: role.name,
    metadata: readMetadata(fields.string('metadata')),
    boundCidrs,
    tokenBoundCidrs,
    ttlMs,
    createdAt: now,
    updatedAt: now,
    expiresAt: ttlMs > 0 ? laterBy(now, ttlMs) : undefined,
    usesLeft: chooseUses(role, fields),
  };
}

export function requireSubset(outer: readonly string[], inner: readonly string[]): void {
  if (inner.length === 0 || outer.length === 0 || blocksCover(outer, inner)) return;
  throw unforeseen(
    `failed to verify subset relationship between CIDR blocks on the role [${quoteAll(
      outer,
    )}] and CIDR blocks on the secret ID [${quoteAll(inner)}]: %!w(<nil>)`,
  );
}

const quoteAll = (texts: readonly string[]): string => texts.map((text) => `"${text}"`).join(' ');

function chooseUses(role: AppRole, fields: Fields): number {
  if (!fields.has('num_uses')) return role.secretIdUses;
  const uses = fields.integer('num_uses');
  if (uses < 0) throw badRequest('num_uses cannot be negative');
  if (role.secretIdUses > 0 && (uses === 0 || uses > role.secretIdUses)) {
    throw badRequest("num_uses cannot be higher than the role's secret_id_num_uses");
  }
  return uses;
}

function chooseTtl(role: AppRole, fields: Fields): number {
  if (!fields.has('ttl')) return role.secretIdTtlMs;
  const ttlMs = fields.durationMs('ttl');
  if (role.secretIdTtlMs > 0 && (ttlMs === 0 || ttlMs > role.secretIdTtlMs)) {
    throw badRequest("ttl cannot be longer than the role's secret_id_ttl");
  }
  return ttlMs;
}

/** A text of JSON, not JSON itself, or `name=value` with commas between. */
function readMetadata(text: string): Record<string, string> {
  if (text === '') return {};
  const fail = (): never => {
    throw badRequest(
      'failed to parse metadata: failed to parse the input: invalid <key,value> format',
    );
  };
  const pairs = text.split(',').map((pair) => /^([^=]+)=(.*)$/s.exec(pair.trim()));
  if (!text.startsWith('{') && pairs.every((pair) => pair !== null)) {
    return Object.fromEntries(pairs.map(([, name = '', value = '']) => [name, value]));
  }
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return fail();
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, String(item)]));
  } catch {
    return fail();
  }
}

export function showSecretId(secretId: SecretId): Record<string, unknown> {
  return {
    secret_id_accessor: secretId.accessor,
    secret_id_num_uses: secretId.usesLeft,
    secret_id_ttl: toSeconds(secretId.ttlMs),
    creation_time: secretId.createdAt.toISOString(),
    expiration_time: secretId.expiresAt?.toISOString() ?? '0001-01-01T00:00:00Z',
    last_updated_time: secretId.updatedAt.toISOString(),
    metadata: secretId.metadata,
    cidr_list: secretId.boundCidrs,
    token_bound_cidrs: secretId.tokenBoundCidrs,
  };
}
