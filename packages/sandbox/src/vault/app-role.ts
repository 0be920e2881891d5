import { isAddressBlock } from './addresses.ts';
import { toSeconds } from './durations.ts';
import type { Fields } from './fields.ts';
import { badRequest, unforeseen } from './refusal.ts';
import { readTokenFields, showTokenFields, type TokenFields } from './token-fields.ts';

export interface AppRole {
  readonly name: string;
  readonly roleId: string;
  readonly bindSecretId: boolean;
  readonly secretIdBoundCidrs: readonly string[];
  /** Unlimited when 0. */
  readonly secretIdUses: number;
  /** For ever when 0. */
  readonly secretIdTtlMs: number;
  readonly hasLocalSecretIds: boolean;
  readonly token: TokenFields;
}

/** Reads a role over what it was; a new one gets `freshRoleId` unless it brings its own. */
export function readAppRole(
  name: string,
  fields: Fields,
  previous: AppRole | undefined,
  freshRoleId: string,
): AppRole {
  if (previous !== undefined && fields.has('local_secret_ids')) {
    throw badRequest('local_secret_ids can only be modified during role creation');
  }
  const cidrField = fields.has('secret_id_bound_cidrs')
    ? 'secret_id_bound_cidrs'
    : 'bound_cidr_list';
  const role: AppRole = {
    name,
    roleId: fields.has('role_id') ? fields.string('role_id') : (previous?.roleId ?? freshRoleId),
    bindSecretId: fields.boolean('bind_secret_id', previous?.bindSecretId ?? true),
    secretIdBoundCidrs: fields.has(cidrField)
      ? fields.list(cidrField)
      : (previous?.secretIdBoundCidrs ?? []),
    secretIdUses: fields.has('secret_id_num_uses')
      ? fields.integer('secret_id_num_uses')
      : (previous?.secretIdUses ?? 0),
    secretIdTtlMs: fields.has('secret_id_ttl')
      ? fields.durationMs('secret_id_ttl')
      : (previous?.secretIdTtlMs ?? 0),
    hasLocalSecretIds: previous?.hasLocalSecretIds ?? fields.boolean('local_secret_ids'),
    token: readTokenFields(fields, previous?.token),
  };
  check(role);
  return role;
}

function check(role: AppRole): void {
  if (role.roleId === '') {
    throw badRequest('invalid role_id supplied, or failed to generate a role_id');
  }
  const odd = role.secretIdBoundCidrs.find((block) => !isAddressBlock(block));
  if (odd !== undefined) {
    throw unforeseen(`failed to validate CIDR blocks: invalid CIDR address: ${odd}`);
  }
  if (role.secretIdUses < 0) throw badRequest('secret_id_num_uses cannot be negative');
  const isBound =
    role.bindSecretId || role.secretIdBoundCidrs.length > 0 || role.token.boundCidrs.length > 0;
  if (!isBound) throw unforeseen('at least one constraint should be enabled on the role');
}

export function showAppRole(role: AppRole): Record<string, unknown> {
  return {
    bind_secret_id: role.bindSecretId,
    secret_id_bound_cidrs: role.secretIdBoundCidrs,
    secret_id_num_uses: role.secretIdUses,
    secret_id_ttl: toSeconds(role.secretIdTtlMs),
    local_secret_ids: role.hasLocalSecretIds,
    alias_metadata: {},
    ...showTokenFields(role.token),
  };
}
