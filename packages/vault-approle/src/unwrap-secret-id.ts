import { asSeconds, asText, type Envelope } from './envelope.ts';
import type { LoginContext } from './login-context.ts';
import { isVaultError, VaultError } from './vault-error.ts';
import { wrappingLookupCall, wrappingUnwrapCall } from './wrapping-calls.ts';

/** What was agreed on with whoever delivers the wrapping token. */
export interface WrapExpectation {
  readonly creationPath: string;
  readonly ttlMs?: number | undefined;
}

/** Two machines' clocks; the age of a token is only used to find what cannot be. */
const clockLeewayMs = 60_000;

/**
 * HashiCorp's tamper check, then the opening: the token must be known, come from exactly the expected path with the
 * agreed TTL, and must open. Everything else means that somebody may have had the secret id before us.
 *
 * @throws {VaultError} `intercepted`; `ambiguous` when the answer to the opening was lost, which looks the same
 */
export async function unwrapSecretId(
  login: LoginContext,
  token: string,
  expected: WrapExpectation,
): Promise<string> {
  login.calls.scrubber.add(token);
  const client = login.connect(token);
  const seen = await alarmed(login.perform(login.connect(undefined), wrappingLookupCall(token)));
  compare(seen, expected, login.settings.clock.now());
  const call = wrappingUnwrapCall();
  const { data, requestId } = await alarmed(login.perform(client, call));
  const secretId = asText(data?.secret_id);
  if (secretId !== '') {
    login.announce(secretId);
    return secretId;
  }
  const message = `Cannot ${call.action} at Vault's "${call.template}": it holds no secret id`;
  throw new VaultError(message, {
    code: 'invalid-response',
    path: call.template,
    retryable: false,
    requestId: requestId === '' ? undefined : requestId,
  });
}

/** A prefix is not enough: anybody may wrap anything at `sys/wrapping/wrap` or at a path that looks alike. */
function compare({ data }: Envelope, { creationPath, ttlMs }: WrapExpectation, now: Date): void {
  const path = asText(data?.creation_path);
  if (path !== creationPath) {
    throw intercepted(`it was made by "${path.slice(0, 120)}", not by "${creationPath}"`);
  }
  const actualTtlMs = asSeconds(data?.creation_ttl) * 1_000;
  if (ttlMs !== undefined && actualTtlMs !== ttlMs) {
    throw intercepted(`it was made for ${actualTtlMs / 1_000} s, not for ${ttlMs / 1_000} s`);
  }
  const createdAtMs = Date.parse(asText(data?.creation_time));
  const ageMs = now.getTime() - createdAtMs;
  if (!(ageMs < actualTtlMs + clockLeewayMs && ageMs > -clockLeewayMs)) {
    throw intercepted('its age does not fit its TTL, or a clock is wrong by more than a minute');
  }
}

/** Vault has one text for used, expired and forged. */
async function alarmed<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    const isVerdict = isVaultError(error) && [400, 403].includes(error.status ?? 0);
    if (!isVerdict || error.retryable) throw error;
    throw intercepted('it is used up, expired or forged: Vault does not say which', error);
  }
}

function intercepted(
  why: string,
  { path, status, requestId }: Partial<VaultError> = {},
): VaultError {
  const message = `Cannot trust the wrapping token: ${why}; somebody else may have the secret id`;
  return new VaultError(message, {
    code: 'intercepted',
    path: path ?? 'sys/wrapping/lookup',
    retryable: false,
    status,
    requestId,
  });
}
