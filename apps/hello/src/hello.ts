import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleepFor } from 'node:timers/promises';
import type { Behaviour } from './release.ts';
import { type Answer, respond } from './respond.ts';

export interface HelloOptions {
  /** Sent as `x-hello-version` and told by `/version`. */
  readonly version: string;
  readonly release: Behaviour;
  /** How long `drain()` keeps accepting while the health fails, in milliseconds. */
  readonly lameDuckMs: number;
  /** Sent as `x-hello-instance`. @default 'local' */
  readonly instance?: string;
  /** How long `drain()` waits for open requests once it accepts no more. @default 5_000 */
  readonly finishMs?: number;
  /** Rejects when aborted. @default Node's own timer */
  readonly sleep?: Sleep;
}

type Sleep = (ms: number, options: { readonly signal: AbortSignal }) => Promise<void>;

export interface Hello extends AsyncDisposable {
  /** Resolves with the real port (0 asks for any free one); rejects with Node's error when it cannot listen. */
  listen(at: { readonly host: string; readonly port: number }): Promise<{ readonly port: number }>;
  /**
   * Fails the health at once and keeps accepting for the lame-duck window, asking every client to reconnect elsewhere;
   * then accepts no more and finishes what is open. Idempotent.
   */
  drain(): Promise<void>;
  /** Stops without waiting for anything, also in the middle of a drain. Idempotent; the same as disposing. */
  close(): Promise<void>;
}

/**
 * Longer than the pauses of load generators and proxies (60 s is usual), so that it is the client who closes an idle
 * connection: the other way round, its next request can cross our close on the wire and be lost.
 */
const KEEP_ALIVE_MS = 75_000;

/** The example server: greets, tells its health and version, and leaves without dropping a request. */
export function createHello(options: HelloOptions): Hello {
  const { version, release, lameDuckMs, instance = 'local', finishMs = 5_000 } = options;
  const sleep = options.sleep ?? ((ms, { signal }) => sleepFor(ms, undefined, { signal }));
  const hurry = new AbortController();
  let drained: Promise<void> | undefined;

  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    const state = { version, release, instance, isDraining: drained !== undefined };
    send(response, respond(readRequest(request), state), state);
  });

  async function leave(): Promise<void> {
    await sleepUnless(hurry.signal, sleep, lameDuckMs);
    await finish(server, { finishMs, sleep, hurry: hurry.signal });
  }

  async function drain(): Promise<void> {
    drained ??= leave();
    await drained;
  }

  async function close(): Promise<void> {
    hurry.abort();
    await drain();
  }

  return {
    async listen({ host, port }) {
      server.listen(port, host);
      await once(server, 'listening');
      return { port: (server.address() as AddressInfo).port };
    },
    drain,
    close,
    [Symbol.asyncDispose]: close,
  };
}

function readRequest(request: IncomingMessage): { method: string; path: string } {
  const [path = '/'] = (request.url ?? '/').split('?', 1);
  return { method: request.method ?? 'GET', path };
}

function send(
  response: ServerResponse,
  answer: Answer,
  from: { readonly version: string; readonly instance: string; readonly isDraining: boolean },
): void {
  response.writeHead(answer.status, {
    'content-type': answer.contentType,
    'content-length': Buffer.byteLength(answer.body),
    'cache-control': 'no-store',
    'x-hello-version': from.version,
    'x-hello-instance': from.instance,
    // A kept connection would pin its client to a machine that is about to go.
    ...(from.isDraining ? { connection: 'close' } : {}),
  });
  response.end(answer.body);
}

async function finish(
  server: Server,
  { finishMs, sleep, hurry }: { finishMs: number; sleep: Sleep; hurry: AbortSignal },
): Promise<void> {
  const isClosed = new AbortController();
  const closed = once(server, 'close').then(() => isClosed.abort());
  server.close();
  await sleepUnless(AbortSignal.any([hurry, isClosed.signal]), sleep, finishMs);
  server.closeAllConnections();
  await closed;
}

async function sleepUnless(signal: AbortSignal, sleep: Sleep, ms: number): Promise<void> {
  try {
    await sleep(ms, { signal });
  } catch (error) {
    if (!signal.aborted) {
      throw error;
    }
  }
}
