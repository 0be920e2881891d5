import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { listen } from './listen.ts';

export type Serve = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export interface HttpFront extends AsyncDisposable {
  /** `http://127.0.0.1:port`. */
  readonly origin: string;
  /** Cuts all connections and frees the port; idempotent. */
  close(): Promise<void>;
}

/** Clients keep their connections for longer than Node's five seconds; a server that hangs up first races with them. */
const keepAliveMs = 75_000;

/** A listener that never throws: what `serve` does not foresee is told to `onProblem` and cuts the connection. */
export function guarded(
  serve: Serve,
  onProblem: (problem: unknown) => void,
): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    // A client that goes away in the middle is its own problem.
    request.on('error', () => undefined);
    response.on('error', () => undefined);
    serve(request, response).catch((problem: unknown) => {
      if (!request.socket.destroyed) onProblem(problem);
      request.socket.destroy();
    });
  };
}

/** One loopback server for everything. */
export async function openHttpFront(
  port: number,
  serve: Serve,
  onProblem: (problem: unknown) => void,
): Promise<HttpFront> {
  const server = createServer({ keepAliveTimeout: keepAliveMs }, guarded(serve, onProblem));
  await listen(server, { host: '127.0.0.1', port });
  const closed = once(server, 'close');

  async function close(): Promise<void> {
    server.close();
    server.closeAllConnections();
    await closed;
  }

  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close,
    [Symbol.asyncDispose]: close,
  };
}
