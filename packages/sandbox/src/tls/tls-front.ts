import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { guarded, type Serve } from '../live/http-front.ts';
import { listen } from '../live/listen.ts';
import { makeCertificates } from './certificates.ts';

export interface TlsFront extends AsyncDisposable {
  /** `http://127.0.0.1:port`, for HTTPS_PROXY. */
  readonly proxy: string;
  /** PEM: the authority that the clients must trust. */
  readonly authority: string;
  /** Cuts all connections and frees the port; idempotent. */
  close(): Promise<void>;
}

export interface TlsFrontOptions {
  /** The only hosts that can be reached, all of them on port 443. */
  readonly hosts: readonly string[];
  readonly serve: Serve;
  readonly now: Date;
  readonly onProblem: (problem: unknown) => void;
}

/**
 * A proxy on loopback behind which the real names of the cloud are ours: what asks it to CONNECT to one of the hosts is
 * answered right here, over TLS; it never opens a connection to anywhere.
 */
export async function openTlsFront(options: TlsFrontOptions): Promise<TlsFront> {
  const { authority, server: identity } = await makeCertificates(options.hosts, options.now);
  const { certificate: cert, key } = identity;
  const sockets = new Set<Duplex>();
  const inner = createTlsServer({ cert, key }, guarded(options.serve, options.onProblem));
  inner.on('tlsClientError', () => undefined);
  const outer = createServer((_, response) => {
    // Plain http through the proxy would lead out of the machine.
    response.writeHead(403, { connection: 'close' }).end('Only CONNECT to the sandbox\n');
  });
  outer.on('connect', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => undefined);
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    if (!isKnown(options.hosts, request.url ?? '')) {
      socket.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\n\r\n');
      return;
    }
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    socket.unshift(head);
    inner.emit('connection', socket);
  });
  await listen(outer, { host: '127.0.0.1', port: 0 });
  const closed = once(outer, 'close');

  async function close(): Promise<void> {
    outer.close();
    outer.closeAllConnections();
    for (const socket of sockets) socket.destroy();
    await closed;
  }

  const { port } = outer.address() as AddressInfo;
  return { proxy: `http://127.0.0.1:${port}`, authority, close, [Symbol.asyncDispose]: close };
}

function isKnown(hosts: readonly string[], target: string): boolean {
  return hosts.some((host) => target === `${host}:443`);
}
