import type { ServerResponse } from 'node:http';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
} from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TlsOptions } from 'node:tls';

interface SeenRequest {
  readonly method: string;
  /** As sent, with the query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly body: Record<string, unknown>;
}

/** Answers one request, or mistreats it. */
export type Reply = (request: SeenRequest, response: ServerResponse) => void;

/** A Vault of a few scripted answers on loopback that remembers what it was asked. */
export interface FakeVault extends AsyncDisposable {
  readonly address: string;
  readonly seen: readonly SeenRequest[];
  /** Answers to `POST auth/approle/login` and the like, in order; the last one repeats. */
  script(call: string, ...replies: readonly Reply[]): void;
  urls(): string[];
}

interface FakeOptions {
  readonly tls?: TlsOptions;
}

export async function startFakeVault({ tls }: FakeOptions = {}): Promise<FakeVault> {
  const seen: SeenRequest[] = [];
  const scripts = new Map<string, Reply[]>();
  const answer = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = await readRequest(incoming);
    seen.push(request);
    const replies = scripts.get(`${request.method} ${request.url.replace(/^\/v1\//, '')}`) ?? [];
    const next = replies.length > 1 ? replies.shift() : replies[0];
    (next ?? json(404, { errors: [] }))(request, response);
  };
  const listener = (incoming: IncomingMessage, response: ServerResponse): void => {
    answer(incoming, response).catch(() => response.destroy());
  };
  const server: Server = tls ? createSecureServer(tls, listener) : createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    seen,
    script: (call, ...replies) => void scripts.set(call, [...replies]),
    urls: () => seen.map(({ method, url }) => `${method} ${url}`),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function readRequest(incoming: IncomingMessage): Promise<SeenRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  return {
    method: incoming.method ?? '',
    url: incoming.url ?? '',
    headers: incoming.headers,
    text,
    body: text.startsWith('{') ? JSON.parse(text) : {},
  };
}

export function json(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  return (_request, response) => {
    response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };
}

export function errors(status: number, ...messages: readonly string[]): Reply {
  return json(status, { errors: messages });
}

export function raw(status: number, text: string, headers: Record<string, string> = {}): Reply {
  return (_request, response) => void response.writeHead(status, headers).end(text);
}

export function empty(status = 204): Reply {
  return (_request, response) => void response.writeHead(status).end();
}

/** Takes the request and never answers. */
export function hang(): Reply {
  return () => {};
}

/** Takes the request and closes the connection without a word. */
export function cut(): Reply {
  return (_request, response) => void response.socket?.destroy();
}

/** Starts a good answer and closes the connection in the middle of it. */
export function cutMidBody(): Reply {
  return (_request, response) => {
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': '1000' });
    response.write('{"request_id":', () => response.socket?.destroy());
  };
}

/** Sends one byte every few milliseconds for ever, so that no idle timeout ever fires. */
export function drip(): Reply {
  return (_request, response) => {
    response.writeHead(200, { 'Content-Type': 'application/json' });
    const timer = setInterval(() => response.write(' '), 5);
    response.on('close', () => clearInterval(timer));
  };
}

export function loginAnswer(auth: Readonly<Record<string, unknown>> = {}): Reply {
  return json(200, {
    ...frame,
    auth: {
      client_token: 'hvs.CANARY-token-00000001',
      accessor: 'accessor-1',
      policies: ['default', 'exoscale-create-apikey'],
      lease_duration: 1200,
      renewable: true,
      token_type: 'service',
      mfa_requirement: null,
      ...auth,
    },
  });
}

export function dataAnswer(
  data: Readonly<Record<string, unknown>>,
  lease: Readonly<Record<string, unknown>> = {},
): Reply {
  return json(200, { ...frame, data, ...lease });
}

const frame = {
  request_id: 'request-1',
  lease_id: '',
  renewable: false,
  lease_duration: 0,
  data: null,
  wrap_info: null,
  warnings: null,
  auth: null,
};
