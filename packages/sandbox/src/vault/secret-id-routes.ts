import type { AppRole } from './app-role.ts';
import type { AppRoleStore } from './app-role-store.ts';
import type { Outcome, RoutedCall } from './call.ts';
import { toSeconds } from './durations.ts';
import type { LoginContext } from './login.ts';
import { badRequest, Refusal, unforeseen } from './refusal.ts';
import type { Route } from './router.ts';
import { draftSecretId, type SecretId, showSecretId } from './secret-ids.ts';

/** `role/:role/secret-id…` of an AppRole mount. */
export function secretIdRoutes(
  store: AppRoleStore,
  { draws, now }: LoginContext,
): readonly Route[] {
  const add = (call: RoutedCall, id: string): Outcome => {
    const role = store.role(roleName(call));
    if (role === undefined) throw new Refusal(404, `role "${roleName(call)}" does not exist`);
    if (!role.bindSecretId) throw badRequest('bind_secret_id is not set on the role');
    return showNew(store.add({ ...draftSecretId(role, call.fields, now()), id }));
  };
  const destroy = (secretId: SecretId | undefined): undefined => {
    if (secretId !== undefined) store.destroy(secretId);
  };
  const byId = (call: RoutedCall): SecretId | undefined =>
    store.secretId(requireRole(store, call).name, requireField(call, 'secret_id'));

  return [
    {
      operations: ['update'],
      pattern: 'role/:role/secret-id',
      run: (call) => add(call, draws.uuid(draws.fresh('secret id'))),
    },
    {
      operations: ['list'],
      pattern: 'role/:role/secret-id',
      run: (call) => ({ data: { keys: accessorsOf(store, requireRole(store, call)) } }),
    },
    {
      operations: ['update'],
      pattern: 'role/:role/custom-secret-id',
      run: (call) => add(call, requireField(call, 'secret_id')),
    },
    {
      operations: ['update'],
      pattern: 'role/:role/secret-id/lookup',
      run(call) {
        const secretId = byId(call);
        return secretId && { data: showSecretId(secretId) };
      },
    },
    {
      operations: ['update', 'delete'],
      pattern: 'role/:role/secret-id/destroy',
      run: (call) => destroy(byId(call)),
    },
    {
      operations: ['update'],
      pattern: 'role/:role/secret-id-accessor/lookup',
      run: (call) => lookUpByAccessor(store, call),
    },
    {
      operations: ['update', 'delete'],
      pattern: 'role/:role/secret-id-accessor/destroy',
      run: (call) => destroy(byAccessor(store, call)),
    },
  ];
}

const roleName = (call: RoutedCall): string => call.parameters.role ?? '';

function requireRole(store: AppRoleStore, call: RoutedCall): AppRole {
  const role = store.role(roleName(call));
  if (role === undefined) throw unforeseen(`role "${roleName(call)}" does not exist`);
  return role;
}

function requireField(call: RoutedCall, name: string): string {
  const value = call.fields.string(name);
  if (value === '') throw badRequest(`missing ${name}`);
  return value;
}

const unknownAccessor = (call: RoutedCall): string =>
  `failed to find accessor entry for secret_id_accessor: "${call.fields.string('secret_id_accessor')}"`;

function byAccessor(store: AppRoleStore, call: RoutedCall): SecretId {
  const accessor = requireField(call, 'secret_id_accessor');
  const secretId = store.secretIdByAccessor(requireRole(store, call).name, accessor);
  if (secretId === undefined) throw unforeseen(unknownAccessor(call));
  return secretId;
}

/** An unknown one is 404, and the only refusal that comes in an envelope. */
function lookUpByAccessor(store: AppRoleStore, call: RoutedCall): Outcome {
  const accessor = requireField(call, 'secret_id_accessor');
  const secretId = store.secretIdByAccessor(requireRole(store, call).name, accessor);
  if (secretId !== undefined) return { data: showSecretId(secretId) };
  return { status: 404, data: { error: unknownAccessor(call) } };
}

const accessorsOf = (store: AppRoleStore, role: AppRole): readonly string[] =>
  store.secretIdsOf(role.name).map(({ accessor }) => accessor);

const showNew = (secretId: SecretId): Outcome => ({
  data: {
    secret_id: secretId.id,
    secret_id_accessor: secretId.accessor,
    secret_id_ttl: toSeconds(secretId.ttlMs),
    secret_id_num_uses: secretId.usesLeft,
  },
});
