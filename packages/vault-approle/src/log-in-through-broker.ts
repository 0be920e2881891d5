import { secretIdCall } from './app-role-calls.ts';
import { asText } from './envelope.ts';
import type { LoginContext } from './login-context.ts';
import type { BrokerCredential, LoginSettings } from './login-options.ts';
import { choosePause, performCall } from './perform-call.ts';
import type { ServiceToken } from './read-service-token.ts';
import { renewSelfCall } from './session-calls.ts';
import { submitSecretId } from './submit-secret-id.ts';
import { unwrapSecretId } from './unwrap-secret-id.ts';
import type { VaultClient } from './vault-client.ts';
import { isVaultError, VaultError } from './vault-error.ts';

/** A new secret id is fetched at most this often when nobody knows whether the last one was spent. */
const mostLogins = 3;
/** Keeping the broker token alive must not hold a login up for long. */
const renewalMs = 3_000;

/** Broker token → secret id → login. */
export async function logInThroughBroker(
  login: LoginContext,
  settings: LoginSettings,
  credential: BrokerCredential,
): Promise<ServiceToken> {
  const brokerToken = credential.token.reveal();
  login.calls.scrubber.add(brokerToken);
  const broker = login.connect(brokerToken);
  let renewal: Promise<void> | undefined;
  const fetchNext = async (): Promise<string> => {
    const secretId = await fetchSecretId(login, broker, settings, credential);
    // Beside the login, whose time it would otherwise add to; and only of a token that has just proved useful.
    if (credential.renew !== false) renewal ??= renewBroker(login, broker);
    return secretId;
  };
  try {
    return await logInWithFreshSecretIds(login, settings, fetchNext);
  } finally {
    await renewal;
  }
}

async function logInWithFreshSecretIds(
  login: LoginContext,
  settings: LoginSettings,
  fetchNext: () => Promise<string>,
): Promise<ServiceToken> {
  const { clock, signal } = settings;
  for (let attempt = 1; ; attempt += 1) {
    const secretId = await fetchNext();
    try {
      return await submitSecretId(login, settings, secretId);
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
  { mountPath }: LoginSettings,
  credential: BrokerCredential,
): Promise<string> {
  const call = secretIdCall(mountPath, credential);
  const { data, wrappingToken } = await login.perform(broker, call);
  if (credential.wrapTtlMs !== undefined) {
    if (wrappingToken === '') throw missingSecretId(call.template);
    login.announce(wrappingToken);
    const expected = { creationPath: decodeURIComponent(call.path), ttlMs: credential.wrapTtlMs };
    return await unwrapSecretId(login, wrappingToken, expected);
  }
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
