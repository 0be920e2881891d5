import { loginCall } from './app-role-calls.ts';
import type { LoginContext } from './login-context.ts';
import type { LoginSettings } from './login-options.ts';
import type { ServiceToken } from './read-service-token.ts';

/** The login of an AppRole itself. Rejects with `ambiguous` when the secret id may have been spent for nothing. */
export async function submitSecretId(
  login: LoginContext,
  { mountPath, roleId }: LoginSettings,
  secretId: string,
): Promise<ServiceToken> {
  login.calls.scrubber.add(secretId);
  return await login.submit(loginCall(mountPath, { roleId, secretId }));
}
