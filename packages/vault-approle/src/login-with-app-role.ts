import { logInThroughBroker } from './log-in-through-broker.ts';
import { createLoginContext } from './login-context.ts';
import { checkLoginOptions, type LoginOptions } from './login-options.ts';
import { submitSecretId } from './submit-secret-id.ts';
import { createVaultSession, type VaultSession } from './vault-session.ts';

/**
 * Logs in to Vault as an AppRole, with a secret id or with a broker token that may create one, and returns the session
 * of a service token. Dispose of it to revoke the token and everything that was leased with it.
 *
 * @throws {VaultError} when Vault gives no usable token
 */
export async function loginWithAppRole(options: LoginOptions): Promise<VaultSession> {
  const settings = checkLoginOptions(options);
  settings.signal?.throwIfAborted();
  const login = createLoginContext(settings);
  const { credential } = settings;
  const token =
    credential.kind === 'broker'
      ? await logInThroughBroker(login, credential)
      : await submitSecretId(login, credential.secretId.reveal());
  return createVaultSession({ client: login.connect(token.value), context: login.calls, token });
}
