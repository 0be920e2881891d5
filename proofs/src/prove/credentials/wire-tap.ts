import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
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
}

const secretFields = ['secret_id', 'client_token', 'api_secret', 'token'];

/** With `tls` it speaks https. Answers pass as they come, so that faults of the sandbox stay what they are. */
export async function openWireTap(upstream: string, tls?: ServerOptions): Promise<WireTap> {
  const exchanges: Exchange[] = [];
  const secrets = new Map<string, string>();
  let origin = '';
  const note = ({ method, url = '/' }: IncomingMessage, status: number, text: string): void => {
    exchanges.push({ call: `${method} ${url.split('?')[0]}`, status });
    if (!url.startsWith('/v1/')) return;
    for (const field of secretFields) {
      const value = new RegExp(`"${field}":\\s*"([^"]+)"`).exec(text)?.[1];
      if (value !== undefined && value.length >= 8) secrets.set(value, field);
    }
  };
  const serve = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    const { method, headers, url = '/' } = incoming;
    const onward = request(new URL(url, upstream), { method, headers, agent: false });
    onward.on('response', (response) => {
      const isZones = url === '/v2/zone';
      // What the zones say about themselves would lead past the tap.
      if (!isZones) outgoing.writeHead(response.statusCode ?? 502, response.headers);
      let text = '';
      response.on('data', (chunk: Buffer) => {
        text += chunk.toString('utf8');
        if (!isZones) outgoing.write(chunk);
      });
      response.on('error', () => outgoing.destroy());
      response.on('end', () => {
        note(incoming, response.statusCode ?? 0, text);
        if (!isZones) return outgoing.end();
        outgoing.writeHead(response.statusCode ?? 502, { 'content-type': 'application/json' });
        return outgoing.end(text.replaceAll(`${upstream}/v2`, `${origin}/v2`));
      });
    });
    onward.on('error', () => outgoing.destroy());
    outgoing.on('close', () => onward.destroy());
    incoming.pipe(onward);
  };
  const server = tls === undefined ? createServer(serve) : createSecureServer(tls, serve);
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  origin = `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`;
  return {
    origin,
    exchanges,
    secrets,
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
