import { blocksContain } from './addresses.ts';
import type { AppRole } from './app-role.ts';
import type { AppRoleStore } from './app-role-store.ts';
import type { Outcome, RoutedCall } from './call.ts';
import { completeLogin, type LoginContext } from './login.ts';
import { badRequest, type Refusal, unforeseen, unsupportedOperation } from './refusal.ts';
import { LONGEST_ID_BYTES, requireSubset, type SecretId } from './secret-ids.ts';

/** `auth/approle/login`: one text for wrong, expired, used and destroyed, so that nobody can tell them apart. */
export function logInWithAppRole(
  call: RoutedCall,
  store: AppRoleStore,
  context: LoginContext,
): Outcome {
  const roleId = call.fields.string('role_id').trim();
  // Vault asks whose login it would be before it asks the method whether it is one.
  if (roleId === '') throw unforeseen('failed to determine alias name from login request');
  if (call.operation !== 'update') throw unsupportedOperation();
  const role = store.roleById(roleId);
  if (role === undefined) throw invalid();

  const secretId = role.bindSecretId ? takeSecretId(call, store, role) : undefined;
  if (
    role.secretIdBoundCidrs.length > 0 &&
    !blocksContain(role.secretIdBoundCidrs, call.remoteAddress)
  ) {
    throw unauthorized(call, 'role');
  }

  return completeLogin(call, context, {
    alias: role.roleId,
    displayName: '',
    metadata: { ...secretId?.metadata, role_name: role.name },
    boundCidrs: secretId?.tokenBoundCidrs.length ? secretId.tokenBoundCidrs : role.token.boundCidrs,
    role() {
      const current = store.role(role.name);
      if (current === undefined) {
        throw unforeseen(
          `failed to renew entry: role "${role.name}" does not exist during renewal`,
        );
      }
      return current.token;
    },
  });
}

/** Spends a use before it looks at the address: a login from the wrong place burns a secret id that has one use. */
function takeSecretId(call: RoutedCall, store: AppRoleStore, role: AppRole): SecretId {
  const id = call.fields.string('secret_id').trim();
  if (id === '') throw badRequest('missing secret_id');
  if (Buffer.byteLength(id) > LONGEST_ID_BYTES) {
    throw unforeseen(
      `failed to create HMAC of secret_id: value is longer than maximum of ${LONGEST_ID_BYTES} bytes`,
    );
  }
  const secretId = store.secretId(role.name, id);
  if (secretId === undefined) throw invalid();
  const isLimited = secretId.usesLeft > 0;
  store.spend(secretId);
  requireSubset(role.secretIdBoundCidrs, secretId.boundCidrs);
  const { boundCidrs } = secretId;
  if (boundCidrs.length > 0 && !blocksContain(boundCidrs, call.remoteAddress)) {
    throw isLimited ? unauthorized(call, 'secret ID') : unauthorizedUnlimited(call);
  }
  return secretId;
}

const invalid = (): Refusal => badRequest('invalid role or secret ID');

const unauthorized = (call: RoutedCall, where: 'secret ID' | 'role'): Refusal =>
  badRequest(
    `source address "${call.remoteAddress}" unauthorized by CIDR restrictions on the ${where}: %!w(<nil>)`,
  );

/** Vault words it differently when no use was spent. */
const unauthorizedUnlimited = (call: RoutedCall): Refusal =>
  badRequest(
    `source address "${call.remoteAddress}" unauthorized through CIDR restrictions on the secret ID`,
  );
