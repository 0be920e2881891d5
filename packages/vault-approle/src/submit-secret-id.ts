import { loginCall } from './app-role-calls.ts';
import type { LoginContext } from './login-context.ts';
import { readServiceToken, type ServiceToken } from './read-service-token.ts';

/** The login itself. Rejects with `ambiguous` when the secret id may have been spent for nothing. */
export async function submitSecretId(login: LoginContext, secretId: string): Promise<ServiceToken> {
  const { settings, calls, announce } = login;
  calls.scrubber.add(secretId);
  const call = loginCall(settings.mountPath, { roleId: settings.roleId, secretId });
  const askedAtMs = settings.clock.now().getTime();
  const answer = await login.perform(login.connect(undefined), call);
  return readServiceToken(answer, { call, askedAtMs, announce });
}
