import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Relay extends AsyncDisposable {
  /** Of the API. */
  readonly endpoint: string;
}

const isObject = /^\/[^/?]+\/[^?]/;

/** Stands before the sandbox's API and sends whoever asks for the object store to one that refuses every upload. */
export async function refuseUploads(apiEndpoint: string, sosEndpoint: string): Promise<Relay> {
  let origin = '';
  const relay = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    const { method = '', headers, url = '/' } = incoming;
    if (!url.startsWith('/v2/') && isObject.test(url) && method !== 'GET' && method !== 'DELETE') {
      incoming.resume();
      outgoing.writeHead(403, { 'content-type': 'application/xml', connection: 'close' });
      outgoing.end('<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>');
      return;
    }
    const upstream = url.startsWith('/v2/') ? apiEndpoint : sosEndpoint;
    const onward = request(new URL(url, upstream), { method, headers, agent: false });
    onward.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => {
        const { 'content-length': _, ...kept } = response.headers;
        outgoing.writeHead(response.statusCode ?? 502, kept);
        const isZones = url.split('?')[0] === '/v2/zone';
        outgoing.end(isZones ? text.replaceAll(sosEndpoint, origin) : text);
      });
    });
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  };
  const server = createServer(relay);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    endpoint: `${origin}/v2`,
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
