import { secretIdCall } from './app-role-calls.ts';
import { asText } from './envelope.ts';
import type { LoginContext } from './login-context.ts';
import type { BrokerCredential } from './login-options.ts';
import { choosePause, performCall } from './perform-call.ts';
import type { ServiceToken } from './read-service-token.ts';
import { renewSelfCall } from './session-calls.ts';
import { submitSecretId } from './submit-secret-id.ts';
import type { VaultClient } from './vault-client.ts';
import { isVaultError, VaultError } from './vault-error.ts';

/** A new secret id is fetched at most this often when nobody knows whether the last one was spent. */
const mostLogins = 3;
/** The login is done by then: keeping the broker token alive must not hold it up for long. */
const renewalMs = 3_000;

/** Broker token → secret id → login. */
export async function logInThroughBroker(
  login: LoginContext,
  credential: BrokerCredential,
): Promise<ServiceToken> {
  const brokerToken = credential.token.reveal();
  login.calls.scrubber.add(brokerToken);
  const broker = login.connect(brokerToken);
  const token = await logInWithFreshSecretIds(login, () =>
    fetchSecretId(login, broker, credential),
  );
  if (credential.renew !== false) await renewBroker(login, broker);
  return token;
}

async function logInWithFreshSecretIds(
  login: LoginContext,
  fetchNext: () => Promise<string>,
): Promise<ServiceToken> {
  const { clock, signal } = login.settings;
  for (let attempt = 1; ; attempt += 1) {
    const secretId = await fetchNext();
    try {
      return await submitSecretId(login, secretId);
    } catch (error) {
      // The secret id may be spent, and a second try with it would only say "invalid": a new one settles it.
      const isWorthAnother = isVaultError(error) && error.code === 'ambiguous';
      const pauseMs = choosePause(attempt, undefined);
      const hasTime = clock.monotonicMs() + pauseMs < login.deadlineAtMs;
      if (!isWorthAnother || !hasTime || attempt === mostLogins) throw error;
      await clock.sleep(pauseMs, { signal });
    }
  }
}

async function fetchSecretId(
  login: LoginContext,
  broker: VaultClient,
  credential: BrokerCredential,
): Promise<string> {
  const call = secretIdCall(login.settings.mountPath, credential);
  const { data } = await login.perform(broker, call);
  const secretId = asText(data?.secret_id);
  if (secretId === '') throw missingSecretId(call.template);
  login.announce(secretId);
  return secretId;
}

/** Nobody else may be renewing it. That it cannot be renewed is for whoever looks after it, not for this job. */
async function renewBroker({ calls, settings }: LoginContext, broker: VaultClient): Promise<void> {
  const deadlineAtMs = calls.clock.monotonicMs() + renewalMs;
  const { signal } = settings;
  await performCall(broker, renewSelfCall(), calls, { deadlineAtMs, signal }).catch(() => {});
}

function missingSecretId(path: string): VaultError {
  const message = `Cannot create a secret id at Vault's "${path}": the answer holds none`;
  return new VaultError(message, { code: 'invalid-response', path, retryable: false, status: 200 });
}
