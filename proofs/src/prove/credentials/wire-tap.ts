import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type ServerResponse,
} from 'node:http';
import { createServer as createSecureServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';

/** One exchange as it was on the wire. */
export interface Exchange {
  /** `POST /v1/auth/approle/login`, without the query. */
  readonly call: string;
  readonly status: number;
}

/** A relay in front of the sandbox: counts what passes, and notes every secret that Vault hands out. */
export interface WireTap extends AsyncDisposable {
  readonly origin: string;
  /** In the order of their answers; those without one are not here. */
  readonly exchanges: readonly Exchange[];
  /** What kind of secret it is, by the secret. */
  readonly secrets: Map<string, string>;
  /** Asked before a request is passed on; what it returns is answered instead. */
  intercept(answer: (asked: Asked) => Answer | undefined): void;
  /** Changes the text of what is answered to calls that begin so. */
  amend(call: string, change: (text: string) => string | Answer): void;
}

/** A request, without its body. */
export interface Asked extends Pick<Exchange, 'call'> {
  readonly headers: IncomingHttpHeaders;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

const secretFields = ['secret_id', 'client_token', 'api_secret', 'token'];

/** With `tls` it speaks https. Answers pass as they come, so that faults of the sandbox stay what they are. */
export async function openWireTap(
  upstream: string,
  tls?: ServerOptions,
  host = '127.0.0.1',
): Promise<WireTap> {
  const exchanges: Exchange[] = [];
  const secrets = new Map<string, string>();
  let origin = '';
  const interceptors: Parameters<WireTap['intercept']>[0][] = [];
  const amendments: Parameters<WireTap['amend']>[] = [];
  const note = ({ method, url = '/' }: IncomingMessage, status: number, text: string): void => {
    exchanges.push({ call: `${method} ${url.split('?')[0]}`, status });
    if (!url.startsWith('/v1/')) return;
    for (const field of secretFields) {
      const value = new RegExp(`"${field}":\\s*"([^"]+)"`).exec(text)?.[1];
      if (value !== undefined && value.length >= 8) secrets.set(value, field);
    }
  };
  const serve = (incoming: IncomingMessage, outgoing: ServerResponse): undefined => {
    const { method, headers, url = '/' } = incoming;
    const call = `${method} ${url}`;
    for (const intercept of interceptors) {
      const answer = intercept({ call, headers });
      if (answer !== undefined) return send(outgoing, answer);
    }
    const amend = amendments.find(([prefix]) => call.startsWith(prefix))?.[1];
    const onward = request(new URL(url, upstream), { method, headers, agent: false });
    onward.on('response', (response) => {
      const isHeld = url === '/v2/zone' || amend !== undefined;
      // What the zones say about themselves would lead past the tap.
      if (!isHeld) outgoing.writeHead(response.statusCode ?? 502, response.headers);
      let text = '';
      response.on('data', (chunk: Buffer) => {
        text += chunk.toString('utf8');
        if (!isHeld) outgoing.write(chunk);
      });
      response.on('error', () => outgoing.destroy());
      response.on('end', () => {
        note(incoming, response.statusCode ?? 0, text);
        if (!isHeld) return outgoing.end();
        const body = amend?.(text) ?? text.replaceAll(`${upstream}/v2`, `${origin}/v2`);
        const status = response.statusCode ?? 502;
        return send(outgoing, typeof body === 'string' ? { status, body } : body);
      });
    });
    onward.on('error', () => outgoing.destroy());
    outgoing.on('close', () => onward.destroy());
    incoming.pipe(onward);
    return undefined;
  };
  const server = tls === undefined ? createServer(serve) : createSecureServer(tls, serve);
  server.on('tlsClientError', () => undefined);
  server.listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const name = host.includes(':') ? `[${host}]` : host;
  origin = `${tls === undefined ? 'http' : 'https'}://${name}:${port}`;
  return {
    origin,
    exchanges,
    secrets,
    intercept: (answer) => void interceptors.push(answer),
    amend: (...amendment) => void amendments.push(amendment),
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function send(outgoing: ServerResponse, { status, headers, body }: Answer): undefined {
  outgoing.writeHead(status, { 'content-type': 'application/json', ...headers });
  outgoing.end(body);
}
