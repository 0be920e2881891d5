import type { KeyIssuer } from '../model/key-issuer.ts';
import type { Fields } from './fields.ts';
import { badRequest, unforeseen } from './refusal.ts';

/** A role of the Exoscale secrets engine: which IAM role its keys get, and for how long they live. */
export interface ExoscaleRole {
  readonly name: string;
  /** Resolved when the role is written. */
  readonly iamRole: { readonly id: string; readonly name: string };
  /** The mount decides when 0. */
  readonly ttlMs: number;
  readonly maxTtlMs: number;
  readonly isRenewable: boolean;
}

const LEGACY_FIELDS = ['operations', 'resources', 'tags'];

/** IAM roles only: the keys that older plugins made from a list of operations are not simulated. */
export function readExoscaleRole(
  name: string,
  fields: Fields,
  previous: ExoscaleRole | undefined,
  issuer: KeyIssuer,
): ExoscaleRole {
  const legacy = LEGACY_FIELDS.filter((field) => fields.has(field));
  if (legacy.length > 0) {
    throw badRequest(`the sandbox knows IAM roles only: "${legacy[0]}" cannot be set`);
  }
  const wanted = fields.string('iam-role');
  const iamRole = wanted === '' ? previous?.iamRole : issuer.findRole(wanted);
  if (iamRole === undefined) {
    throw wanted === ''
      ? badRequest('the sandbox knows IAM roles only: "iam-role" must be set')
      : unforeseen(`role "${wanted}" not found`);
  }
  const ttlMs = fields.has('ttl') ? fields.durationMs('ttl') : (previous?.ttlMs ?? 0);
  const maxTtlMs = fields.has('max_ttl') ? fields.durationMs('max_ttl') : (previous?.maxTtlMs ?? 0);
  // The misspelling is the plugin's own.
  if (maxTtlMs > 0 && ttlMs === 0) {
    throw unforeseen('ttl must be sepcified if max_ttl is specified');
  }
  return {
    name,
    iamRole: { id: iamRole.id, name: iamRole.name },
    ttlMs,
    maxTtlMs,
    isRenewable: fields.boolean('renewable', previous?.isRenewable ?? true),
  };
}

export function showExoscaleRole(role: ExoscaleRole): Record<string, unknown> {
  return {
    'iam-role-id': role.iamRole.id,
    'iam-role-name': role.iamRole.name,
    renewable: role.isRenewable,
    ...(role.ttlMs > 0 ? { ttl: role.ttlMs / 1_000 } : {}),
    ...(role.maxTtlMs > 0 ? { max_ttl: role.maxTtlMs / 1_000 } : {}),
  };
}
