import { logInThroughBroker } from './log-in-through-broker.ts';
import { createLoginContext, type LoginContext } from './login-context.ts';
import { checkLoginOptions, type LoginOptions, type LoginSettings } from './login-options.ts';
import type { ServiceToken } from './read-service-token.ts';
import { submitSecretId } from './submit-secret-id.ts';
import { unwrapSecretId } from './unwrap-secret-id.ts';
import { createVaultSession, type VaultSession } from './vault-session.ts';

/**
 * Logs in to Vault as an AppRole, with a secret id, one in a wrapping token, or a broker token that may create one, and
 * returns the session of a service token. Dispose of it to revoke the token and everything that was leased with it.
 *
 * @throws {VaultError} when Vault gives no usable token; `intercepted` when somebody else may have the secret id
 */
export async function loginWithAppRole(options: LoginOptions): Promise<VaultSession> {
  const settings = checkLoginOptions(options);
  settings.signal?.throwIfAborted();
  const login = createLoginContext(settings);
  const token = await obtainToken(login, settings);
  return createVaultSession({ client: login.connect(token.value), context: login.calls, token });
}

async function obtainToken(login: LoginContext, settings: LoginSettings): Promise<ServiceToken> {
  const { credential, mountPath } = settings;
  if (credential.kind === 'broker') return await logInThroughBroker(login, settings, credential);
  if (credential.kind === 'secret-id') {
    return await submitSecretId(login, settings, credential.secretId.reveal());
  }
  const { token, roleName, ttlMs, creationPath } = credential;
  const secretId = await unwrapSecretId(login, token.reveal(), {
    creationPath: creationPath ?? `auth/${mountPath}/role/${roleName}/secret-id`,
    ttlMs,
  });
  return await submitSecretId(login, settings, secretId);
}
