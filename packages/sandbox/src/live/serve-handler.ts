import type { IncomingMessage } from 'node:http';
import type { Handler, HttpRequest } from '../http/exchange.ts';
import type { Serve } from './http-front.ts';
import { sendAnswer } from './send-answer.ts';

/** As Vault's own limit; the API's bodies are far smaller. */
const longestBodyBytes = 32 * 1024 * 1024;

/** Puts a socket before a handler that wants whole requests. */
export function serveHandler(handler: Handler): Serve {
  return async (request, response) => {
    const body = await readBody(request);
    if (body === undefined) {
      response.writeHead(413, { connection: 'close' }).end();
      return;
    }
    await sendAnswer(response, await handler(describe(request, body)));
  };
}

function describe(request: IncomingMessage, body: Uint8Array): HttpRequest {
  const [path = '/', ...query] = (request.url ?? '/').split('?');
  return {
    method: request.method ?? 'GET',
    path,
    query: query.join('?'),
    headers: Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value ?? '')]),
    ),
    body,
    remoteAddress: request.socket.remoteAddress ?? '',
  };
}

async function readBody(request: IncomingMessage): Promise<Uint8Array | undefined> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > longestBodyBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
