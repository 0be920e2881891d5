import { loginCall, secretIdCall } from './app-role-calls.ts';
import { asText } from './envelope.ts';
import { checkLoginOptions, type LoginOptions, type LoginSettings } from './login-options.ts';
import { type CallContext, choosePause, performCall } from './perform-call.ts';
import { readServiceToken, type ServiceToken } from './read-service-token.ts';
import { createScrubber } from './scrubber.ts';
import { createSecret } from './secret.ts';
import { createVaultClient, type VaultClient } from './vault-client.ts';
import { isVaultError, VaultError } from './vault-error.ts';
import { createVaultSession, type VaultSession } from './vault-session.ts';

/** A new secret id may be fetched this often when nobody knows whether the last one was spent. */
const mostLogins = 3;

/**
 * Logs in to Vault as an AppRole, with a secret id or with a broker token that may create one, and returns the session
 * of a service token. Dispose of it to revoke the token and everything that was leased with it.
 *
 * @throws {VaultError} when Vault gives no usable token
 */
export async function loginWithAppRole(options: LoginOptions): Promise<VaultSession> {
  const settings = checkLoginOptions(options);
  settings.signal?.throwIfAborted();
  const context: CallContext = { ...settings, scrubber: createScrubber() };
  const login = createLogin(settings, context);
  const token = await login();
  const client = connect(settings, token.value);
  return createVaultSession({ client, context, token });
}

type Login = () => Promise<ServiceToken>;

function createLogin(settings: LoginSettings, context: CallContext): Login {
  const { credential, clock, signal } = settings;
  const deadlineAtMs = clock.monotonicMs() + settings.deadlineMs;
  const within = { deadlineAtMs, signal };
  const anonymous = connect(settings, undefined);

  const submit = async (secretId: string): Promise<ServiceToken> => {
    context.scrubber.add(secretId);
    const call = loginCall(settings.mountPath, { roleId: settings.roleId, secretId });
    const askedAtMs = clock.now().getTime();
    const answer = await performCall(anonymous, call, context, within);
    return readServiceToken(answer, { call, askedAtMs, announce: announcer(settings, context) });
  };
  if (credential.kind === 'secret-id') return () => submit(credential.secretId.reveal());

  const brokerToken = credential.token.reveal();
  context.scrubber.add(brokerToken);
  const broker = connect(settings, brokerToken);
  const fetchSecretId = async (): Promise<string> => {
    const call = secretIdCall(settings.mountPath, credential);
    const { data } = await performCall(broker, call, context, within);
    const secretId = asText(data?.secret_id);
    if (secretId === '') throw missingSecretId(call.template);
    announcer(settings, context)(secretId);
    return secretId;
  };
  return async () => {
    for (let attempt = 1; ; attempt += 1) {
      const secretId = await fetchSecretId();
      try {
        return await submit(secretId);
      } catch (error) {
        // The secret id may be spent, and asking again with it would only say "invalid": a new one settles it.
        const isWorthAnother = isVaultError(error) && error.code === 'ambiguous';
        const pauseMs = choosePause(attempt, undefined);
        const hasTime = clock.monotonicMs() + pauseMs < deadlineAtMs;
        if (!isWorthAnother || !hasTime || attempt === mostLogins) throw error;
        await clock.sleep(pauseMs, { signal });
      }
    }
  };
}

/** Makes a value known to the scrubber first: `onSecret` is the caller's code and may fail. */
function announcer({ onSecret }: LoginSettings, { scrubber }: CallContext) {
  return (value: string): void => {
    scrubber.add(value);
    onSecret(createSecret(value));
  };
}

function connect(settings: LoginSettings, token: string | undefined): VaultClient {
  const { address, namespace, ca } = settings;
  return createVaultClient({ address, namespace, ca, token });
}

function missingSecretId(path: string): VaultError {
  const message = `Cannot create a secret id at Vault's "${path}": the answer holds none`;
  return new VaultError(message, { code: 'invalid-response', path, retryable: false, status: 200 });
}
