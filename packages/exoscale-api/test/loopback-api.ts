import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { signRequest } from '../src/sign-request.ts';

export const credentials = {
  key: 'EXOtestkey0000000000000000',
  secret: { reveal: () => 'test-secret-abcdefghijklmnopqrstuvwxyz0123' },
};

/** What a handler answers: a status with JSON or text, or one of the ways in which connections go wrong. */
export type Answer =
  | { readonly status?: number; readonly body?: unknown; readonly headers?: Record<string, string> }
  | 'cut'
  | 'cut-body'
  | 'stall'
  | 'garbage';

export interface Received {
  readonly method: string;
  /** Below the endpoint, as sent. */
  readonly path: string;
  readonly query: string;
  readonly body: string;
  readonly headers: IncomingMessage['headers'];
}

type Handler = Answer | ((request: Received) => Answer);

export interface LoopbackApi extends AsyncDisposable {
  readonly origin: string;
  /** For `createExoscale`. */
  readonly endpoint: string;
  /** All calls but `GET /zone`, as `METHOD /path`. */
  readonly calls: string[];
  readonly received: Received[];
  /** Number of unsigned `GET /zone`. */
  zoneCalls(): number;
  close(): Promise<void>;
}

/**
 * Exoscale's API on loopback, scripted: for each `METHOD /path`, the answers in order; the last one stays. Calls that
 * are not signed with {@link credentials} get a 401, unknown ones a 404.
 */
export async function startApi(
  script: Record<string, Handler | readonly Handler[]>,
): Promise<LoopbackApi> {
  const received: Received[] = [];
  const turns = new Map<string, number>();
  let zoneCalls = 0;
  let origin = '';

  const server = createServer(async (request, response) => {
    const { pathname, search } = new URL(request.url ?? '', 'http://x');
    const body = await textOf(request);
    if (pathname === '/v2/zone') zoneCalls++;
    const path = pathname.replace(/^\/z\/v2|^\/v2/, '');
    const query = search.slice(1);
    const call = { method: request.method ?? '', path, query, body, headers: request.headers };
    if (pathname !== '/v2/zone') received.push(call);
    const isApi = pathname.startsWith('/z/v2/');
    const answer = isApi && !isSigned(call, pathname) ? refused : next(call);
    await send(answer, request, response);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const api: LoopbackApi = {
    origin,
    endpoint: `${origin}/v2`,
    received,
    get calls() {
      return received.map((call) => `${call.method} ${call.path}${call.query && `?${call.query}`}`);
    },
    zoneCalls: () => zoneCalls,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
    [Symbol.asyncDispose]: () => api.close(),
  };
  return api;

  function next(call: Received): Answer {
    const name = `${call.method} ${call.path}`;
    const handlers = [script[name] ?? (name === 'GET /zone' ? zoneAnswer() : missing)].flat();
    const turn = turns.get(name) ?? 0;
    turns.set(name, turn + 1);
    const handler = handlers[Math.min(turn, handlers.length - 1)] ?? missing;
    return typeof handler === 'function' ? handler(call) : handler;
  }

  function zoneAnswer(): Answer {
    const zone = { 'api-endpoint': `${origin}/z/v2`, 'sos-endpoint': `${origin}/sos` };
    return {
      body: {
        zones: [{ name: 'ch-dk-2' }, { name: 'ch-gva-2' }].map((name) => ({ ...name, ...zone })),
      },
    };
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  request.setEncoding('utf8');
  for await (const chunk of request) text += chunk;
  return text;
}

/** An API endpoint that refuses connections. */
export async function refusingEndpoint(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return `http://127.0.0.1:${port}/v2`;
}

const missing: Answer = { status: 404, body: { message: 'No such path in this test' } };
const refused: Answer = { status: 401, body: { message: 'Invalid signature' } };

function isSigned({ method, query, body, headers }: Received, path: string): boolean {
  const expires = headers.authorization?.match(/expires=(\d+)/)?.[1];
  const expiresAt = new Date(Number(expires) * 1000);
  return (
    expires !== undefined &&
    headers.authorization === signRequest({ method, path, query, body, expiresAt }, credentials)
  );
}

async function send(
  answer: Answer,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  switch (answer) {
    case 'stall':
      return;
    case 'cut':
      request.socket.destroy();
      return;
    case 'garbage':
      request.socket.end('this is not HTTP\r\n\r\n');
      return;
    case 'cut-body':
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{"instances": [', () => request.socket.destroy());
      return;
    default: {
      const { status = 200, body = {}, headers = {} } = answer;
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    }
  }
}
