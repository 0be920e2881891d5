import NodeVault from 'node-vault';
import { followOnce } from './follow-once.ts';
import type { WireOutcome, WireRequest } from './transport.ts';
import type { Trust } from './trust.ts';

export interface ClientOptions {
  /** Origin of the server, checked before. */
  readonly address: URL;
  readonly namespace: string | undefined;
  /** Sent as `X-Vault-Token`; a login has none. */
  readonly token: string | undefined;
  readonly trust: Trust;
}

interface ClientRequest {
  readonly method: 'GET' | 'POST';
  /** Percent-encoded API path without `/v1/`. */
  readonly path: string;
  readonly body?: Readonly<Record<string, unknown>> | undefined;
  readonly wrapTtlSeconds?: number | undefined;
  readonly timeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

/** One token's view of a Vault server; answers and failures alike are values. */
export type VaultClient = (request: ClientRequest) => Promise<WireOutcome>;

/** What node-vault hands to the transport that replaces its own. */
interface TransportOptions
  extends Pick<WireRequest, 'method' | 'timeoutMs' | 'connectTimeoutMs' | 'signal'> {
  readonly uri: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly json?: unknown;
}

/**
 * node-vault with everything it would take from the environment said explicitly, and with its transport, response
 * policy, command table and debug output replaced.
 */
export function createVaultClient(options: ClientOptions): VaultClient {
  const client = NodeVault({
    endpoint: options.address.origin,
    commands: {},
    debug: () => {},
    requestOptions: { strictSSL: true },
    'request-promise': { defaults: () => createTransport(options.trust) },
  });
  // Set afterwards: given as options, empty values would fall back to VAULT_TOKEN, VAULT_PREFIX and VAULT_NAMESPACE.
  Object.assign(client, {
    token: options.token ?? '',
    pathPrefix: '',
    namespace: options.namespace ?? '',
    handleVaultResponse: (outcome: WireOutcome) => Promise.resolve(outcome),
  });

  return async ({ method, path, body, wrapTtlSeconds, ...limits }) => {
    // A fresh object each time: node-vault writes the token into the headers that it is given.
    const wrap = wrapTtlSeconds && { 'X-Vault-Wrap-TTL': `${wrapTtlSeconds}s` };
    const requestOptions = { ...limits, headers: { ...fixedHeaders, ...wrap } };
    return method === 'GET'
      ? await client.read(path, requestOptions)
      : await client.write(path, body ?? {}, requestOptions);
  };
}

const fixedHeaders = {
  Accept: 'application/json',
  'Accept-Encoding': 'identity',
  'User-Agent': 'exoship-vault-approle',
  // Vault Agent and Proxy may refuse calls without it.
  'X-Vault-Request': 'true',
};

function createTransport(trust: Trust) {
  return async (options: TransportOptions): Promise<WireOutcome> => {
    const body = options.json === undefined ? undefined : JSON.stringify(options.json);
    return await followOnce({
      method: options.method,
      url: new URL(options.uri),
      headers: body === undefined ? options.headers : withBody(options.headers, body),
      body,
      timeoutMs: options.timeoutMs,
      connectTimeoutMs: options.connectTimeoutMs,
      trust,
      signal: options.signal,
    });
  };
}

function withBody(headers: Readonly<Record<string, string>>, body: string): Record<string, string> {
  return {
    ...headers,
    'Content-Type': 'application/json',
    'Content-Length': String(Buffer.byteLength(body)),
  };
}
