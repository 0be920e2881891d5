import { encodeApiPath } from './api-path.ts';
import type { Call } from './call.ts';
import { capabilitiesCall, readCapabilities, texts } from './capabilities.ts';
import { checkCredentialText, refuseUnknownKeys } from './check-text.ts';
import { type ConnectionOptions, checkConnection, connectionKeys } from './connection-options.ts';
import { asSeconds, asText, type JsonObject } from './envelope.ts';
import { healthCall, readHealth, type VaultHealth } from './health.ts';
import { judge } from './judge.ts';
import { type Answer, type CallContext, performCall } from './perform-call.ts';
import { expiryAfter } from './read-service-token.ts';
import { createScrubber } from './scrubber.ts';
import type { Secret } from './secret.ts';
import { createVaultClient, type VaultClient } from './vault-client.ts';
import { isVaultError, VaultError } from './vault-error.ts';
import type { CallOptions } from './vault-session.ts';

export interface ConnectOptions extends ConnectionOptions {
  /** Without it only `health()` can be asked. */
  readonly token?: Secret | undefined;
}

export interface WriteOptions extends CallOptions {
  /**
   * Writing the same twice is the same as once: send it again when the answer was lost.
   *
   * @default false
   */
  readonly isIdempotent?: boolean | undefined;
}

/** What a token may be asked about itself; not the token. */
export interface TokenFacts {
  readonly accessor: string;
  readonly policies: readonly string[];
  /** By this machine's clock; far in the future when it never ends. */
  readonly expiresAt: Date;
  readonly isRenewable: boolean;
  /** Set for a token that may be renewed for ever. */
  readonly periodMs: number | undefined;
}

/** Vault as the holder of a token that somebody else looks after may use it: for setting up and looking around. */
export interface VaultConnection {
  health(options?: CallOptions): Promise<VaultHealth>;
  lookupSelf(options?: CallOptions): Promise<TokenFacts>;
  /** What the token may do with each path, in Vault's words: `read`, `update`, `deny`, … */
  capabilities(
    paths: readonly string[],
    options?: CallOptions,
  ): Promise<Readonly<Record<string, readonly string[]>>>;
  /** `undefined` when there is nothing at the path. */
  read(path: string, options?: CallOptions): Promise<JsonObject | undefined>;
  list(path: string, options?: CallOptions): Promise<readonly string[]>;
  write(path: string, body: JsonObject, options?: WriteOptions): Promise<JsonObject | undefined>;
}

/**
 * Talks to Vault with a token as it is: nothing is logged in, renewed or revoked, and nothing to be released.
 *
 * @throws {TypeError | RangeError} for malformed options
 */
export function connectToVault(options: ConnectOptions): VaultConnection {
  refuseUnknownKeys('connectToVault()', options, { ...connectionKeys, token: true });
  const settings = checkConnection(options);
  const token = options.token && checkCredentialText('token', options.token.reveal());
  const context: CallContext = { ...settings, scrubber: createScrubber() };
  if (token !== undefined) context.scrubber.add(token);
  const { address, namespace, trust, clock } = settings;
  const client = createVaultClient({ address, namespace, trust, token });
  const perform = async (call: Call, { signal }: CallOptions = {}): Promise<Answer> => {
    signal?.throwIfAborted();
    if (token === undefined)
      throw new TypeError(`Missing token: cannot ${call.action} without one`);
    const deadlineAtMs = clock.monotonicMs() + settings.deadlineMs;
    return await performCall(client, call, context, { deadlineAtMs, signal });
  };
  return {
    health: async (callOptions) => await askHealth(client, context, callOptions),
    async lookupSelf(callOptions) {
      const askedAtMs = clock.now().getTime();
      const { data = {} } = await perform(pathCall('GET', 'auth/token/lookup-self'), callOptions);
      return tokenFacts(data, askedAtMs);
    },
    async capabilities(paths, callOptions) {
      return readCapabilities(paths, await perform(capabilitiesCall(paths), callOptions));
    },
    async read(path, callOptions) {
      return (await orNothing(perform(pathCall('GET', path), callOptions)))?.data;
    },
    async list(path, callOptions) {
      const call = pathCall('GET', path);
      const listing = { ...call, path: `${call.path}?list=true`, action: 'list' };
      return texts((await orNothing(perform(listing, callOptions)))?.data?.keys);
    },
    async write(path, body, callOptions) {
      const repeatWhenAmbiguous = callOptions?.isIdempotent === true;
      const call = { ...pathCall('POST', path), body, repeatWhenAmbiguous };
      return (await perform(call, callOptions)).data;
    },
  };
}

function pathCall(method: 'GET' | 'POST', path: string): Call {
  return {
    action: method === 'GET' ? 'read' : 'write',
    method,
    path: encodeApiPath(path),
    template: path,
    repeatWhenAmbiguous: true,
  };
}

async function askHealth(
  client: VaultClient,
  context: CallContext,
  { signal }: CallOptions = {},
): Promise<VaultHealth> {
  const { requestTimeoutMs: timeoutMs, connectTimeoutMs, clock, scrubber } = context;
  const { method, path } = healthCall;
  const outcome = await client({ method, path, timeoutMs, connectTimeoutMs, signal });
  const health = readHealth(outcome, clock.now());
  if (health !== undefined) return health;
  const verdict = judge(healthCall, outcome, scrubber.scrub);
  if (verdict.kind !== 'answered') throw verdict.error;
  const message = `Cannot ${healthCall.action} at Vault's "${path}": this is not Vault`;
  throw new VaultError(message, { code: 'invalid-response', path, retryable: false });
}

/** 404 is Vault's way to say that nothing is there; an unknown mount is told apart by its text. */
async function orNothing(answer: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await answer;
  } catch (error) {
    const isNothing = isVaultError(error) && error.code === 'not-found' && error.status === 404;
    if (isNothing) return undefined;
    throw error;
  }
}

function tokenFacts(data: JsonObject, askedAtMs: number): TokenFacts {
  const periodSeconds = asSeconds(data.period);
  return {
    accessor: asText(data.accessor),
    policies: texts(data.policies),
    expiresAt: expiryAfter(askedAtMs, asSeconds(data.ttl)),
    isRenewable: data.renewable === true,
    periodMs: periodSeconds === 0 ? undefined : periodSeconds * 1_000,
  };
}
