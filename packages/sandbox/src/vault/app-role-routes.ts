import { type AppRole, readAppRole, showAppRole } from './app-role.ts';
import { logInWithAppRole } from './app-role-login.ts';
import type { AppRoleStore } from './app-role-store.ts';
import type { Outcome, RoutedCall } from './call.ts';
import { toSeconds } from './durations.ts';
import type { LoginContext } from './login.ts';
import { badRequest, Refusal, unforeseen } from './refusal.ts';
import type { Route } from './router.ts';
import { draftSecretId, LONGEST_ID_BYTES, type SecretId, showSecretId } from './secret-ids.ts';

/** `auth/approle/…`, wherever it is mounted. */
export function appRoleRoutes(store: AppRoleStore, context: LoginContext): readonly Route[] {
  const { draws } = context;
  const nameOf = (call: RoutedCall): string => call.parameters.role ?? '';
  const requireRole = (call: RoutedCall): AppRole => {
    const role = store.role(nameOf(call));
    if (role === undefined) throw unforeseen(`role "${nameOf(call)}" does not exist`);
    return role;
  };
  const writeRole = (call: RoutedCall): undefined => {
    const name = nameOf(call);
    if (Buffer.byteLength(name) > LONGEST_ID_BYTES) {
      throw badRequest(`role_name is longer than maximum of ${LONGEST_ID_BYTES} bytes`);
    }
    const previous = store.role(name);
    const freshRoleId = draws.uuid(draws.fresh('role id'));
    store.put(readAppRole(name.toLowerCase(), call.fields, previous, freshRoleId));
  };
  const writeRoleId = (call: RoutedCall): undefined => {
    const role = store.role(nameOf(call));
    if (role === undefined) return;
    const roleId = call.fields.string('role_id');
    if (roleId === '') throw badRequest('missing role_id');
    store.put({ ...role, roleId });
  };
  const addSecretId = (call: RoutedCall, id: string): Outcome => {
    const role = store.role(nameOf(call));
    if (role === undefined) throw new Refusal(404, `role "${nameOf(call)}" does not exist`);
    if (!role.bindSecretId) throw badRequest('bind_secret_id is not set on the role');
    const secretId = store.add({ ...draftSecretId(role, call.fields, context.now()), id });
    return {
      data: {
        secret_id: id,
        secret_id_accessor: secretId.accessor,
        secret_id_ttl: toSeconds(secretId.ttlMs),
        secret_id_num_uses: secretId.usesLeft,
      },
    };
  };
  const findSecretId = (call: RoutedCall): SecretId | undefined => {
    const id = call.fields.string('secret_id');
    if (id === '') throw badRequest('missing secret_id');
    return store.secretId(requireRole(call).name, id);
  };
  const findByAccessor = (call: RoutedCall, status: 404 | 500): SecretId => {
    const accessor = call.fields.string('secret_id_accessor');
    if (accessor === '') throw badRequest('missing secret_id_accessor');
    const secretId = store.secretIdByAccessor(requireRole(call).name, accessor);
    if (secretId !== undefined) return secretId;
    const text = `failed to find accessor entry for secret_id_accessor: "${accessor}"`;
    throw status === 404 ? new Refusal(404, text) : unforeseen(text);
  };
  const customId = (call: RoutedCall): string => {
    const id = call.fields.string('secret_id');
    if (id === '') throw badRequest('missing secret_id');
    return id;
  };

  return [
    {
      operations: ['update'],
      pattern: 'login',
      isPublic: true,
      run: (call) => logInWithAppRole(call, store, context),
    },
    { operations: ['list'], pattern: 'role', run: () => ({ data: { keys: store.roleNames() } }) },
    {
      operations: ['update'],
      pattern: 'role/:role',
      exists: (parameters) => store.role(parameters.role ?? '') !== undefined,
      run: writeRole,
    },
    {
      operations: ['read'],
      pattern: 'role/:role',
      run(call) {
        const role = store.role(nameOf(call));
        return role && { data: showAppRole(role) };
      },
    },
    {
      operations: ['delete'],
      pattern: 'role/:role',
      run(call) {
        store.remove(nameOf(call));
        return undefined;
      },
    },
    {
      operations: ['read'],
      pattern: 'role/:role/role-id',
      run(call) {
        const role = store.role(nameOf(call));
        return role && { data: { role_id: role.roleId } };
      },
    },
    { operations: ['update'], pattern: 'role/:role/role-id', run: writeRoleId },
    {
      operations: ['update'],
      pattern: 'role/:role/secret-id',
      run: (call) => addSecretId(call, draws.uuid(draws.fresh('secret id'))),
    },
    {
      operations: ['list'],
      pattern: 'role/:role/secret-id',
      run: (call) => ({
        data: { keys: store.secretIdsOf(requireRole(call).name).map(({ accessor }) => accessor) },
      }),
    },
    {
      operations: ['update'],
      pattern: 'role/:role/custom-secret-id',
      run: (call) => addSecretId(call, customId(call)),
    },
    {
      operations: ['update'],
      pattern: 'role/:role/secret-id/lookup',
      run(call) {
        const secretId = findSecretId(call);
        return secretId && { data: showSecretId(secretId) };
      },
    },
    {
      operations: ['update', 'delete'],
      pattern: 'role/:role/secret-id/destroy',
      run(call) {
        const secretId = findSecretId(call);
        if (secretId !== undefined) store.destroy(secretId);
        return undefined;
      },
    },
    {
      operations: ['update'],
      pattern: 'role/:role/secret-id-accessor/lookup',
      run: (call) => ({ data: showSecretId(findByAccessor(call, 404)) }),
    },
    {
      operations: ['update', 'delete'],
      pattern: 'role/:role/secret-id-accessor/destroy',
      run(call) {
        store.destroy(findByAccessor(call, 500));
        return undefined;
      },
    },
    {
      operations: ['update'],
      pattern: 'tidy/secret-id',
      run() {
        store.tidy();
        return { status: 202, warnings: [TIDY_WARNING] };
      },
    },
  ];
}

const TIDY_WARNING =
  'Tidy operation successfully started. Any information from the operation will be printed to the server logs.';
