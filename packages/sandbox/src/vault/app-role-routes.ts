import { readAppRole, showAppRole } from './app-role.ts';
import { logInWithAppRole } from './app-role-login.ts';
import type { AppRoleStore } from './app-role-store.ts';
import type { Outcome, RoutedCall } from './call.ts';
import type { LoginContext } from './login.ts';
import { badRequest } from './refusal.ts';
import type { Route } from './router.ts';
import { secretIdRoutes } from './secret-id-routes.ts';
import { LONGEST_ID_BYTES } from './secret-ids.ts';

/** `auth/approle/…`, wherever it is mounted. */
export function appRoleRoutes(store: AppRoleStore, context: LoginContext): readonly Route[] {
  const tidy = (): Outcome => {
    store.tidy();
    return { status: 202, warnings: [TIDY_WARNING] };
  };
  return [
    {
      operations: ['read', 'update', 'delete'],
      pattern: 'login',
      isPublic: true,
      run: (call) => logInWithAppRole(call, store, context),
    },
    ...roleRoutes(store, context),
    ...secretIdRoutes(store, context),
    { operations: ['update'], pattern: 'tidy/secret-id', run: tidy },
  ];
}

const TIDY_WARNING =
  "Tidy operation successfully started. Any information from the operation will be printed to Vault's server logs.";

const nameOf = (call: RoutedCall): string => call.parameters.role ?? '';

function roleRoutes(store: AppRoleStore, { draws }: LoginContext): readonly Route[] {
  const read = (call: RoutedCall): Outcome | undefined => {
    const role = store.role(nameOf(call));
    return role && { data: showAppRole(role) };
  };
  const write = (call: RoutedCall): undefined => {
    const name = nameOf(call).toLowerCase();
    if (Buffer.byteLength(name) > LONGEST_ID_BYTES) {
      throw badRequest(`role_name is longer than maximum of ${LONGEST_ID_BYTES} bytes`);
    }
    const freshRoleId = draws.uuid(draws.fresh('role id'));
    store.put(readAppRole(name, call.fields, store.role(name), freshRoleId));
  };
  const remove = (call: RoutedCall): undefined => {
    store.remove(nameOf(call));
  };
  const readId = (call: RoutedCall): Outcome | undefined => {
    const role = store.role(nameOf(call));
    return role && { data: { role_id: role.roleId } };
  };
  const writeId = (call: RoutedCall): undefined => {
    const role = store.role(nameOf(call));
    const roleId = call.fields.string('role_id');
    if (roleId === '') throw badRequest('missing role_id');
    if (role !== undefined) store.put({ ...role, roleId });
  };

  return [
    { operations: ['list'], pattern: 'role', run: () => ({ data: { keys: store.roleNames() } }) },
    { operations: ['read'], pattern: 'role/:role', run: read },
    {
      operations: ['update'],
      pattern: 'role/:role',
      exists: (parameters) => store.role(parameters.role ?? '') !== undefined,
      run: write,
    },
    { operations: ['delete'], pattern: 'role/:role', run: remove },
    { operations: ['read'], pattern: 'role/:role/role-id', run: readId },
    { operations: ['update'], pattern: 'role/:role/role-id', run: writeId },
  ];
}
