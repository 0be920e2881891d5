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
  /** Who sent it, for the rules that bind a credential to an address; @default '127.0.0.1'. */
  readonly remoteAddress?: string;
}

/**
 * What the server does to the answer, for clients that must survive a bad network:
 * `cut-before` closes the connection unanswered, and the request had no effect; `cut-after` closes it unanswered
 * although the request took effect; `cut-body` closes it in the middle of the body; `stall` keeps it open and says
 * nothing; `drip` sends the answer a byte at a time.
 */
export type TransportFault = 'cut-before' | 'cut-after' | 'cut-body' | 'stall' | 'drip';

export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
  readonly fault?: TransportFault;
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
