/** One HTTP request as every face of the sandbox sees it, already read to its end. */
export interface HttpRequest {
  /** Upper case. */
  readonly method: string;
  /** Escaped, exactly as sent, without the query. */
  readonly path: string;
  /** Raw, without the `?`; '' when there is none. */
  readonly query: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
  /** The connection dies instead of answering: what happens when a balancer or a network gives up. */
  readonly cut?: true;
}

/** A server without a socket: the whole of an API, an object store or a Vault fits in one. */
export type Handler = (request: HttpRequest) => Promise<HttpResponse>;

export function json(
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): HttpResponse {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(value),
  };
}
