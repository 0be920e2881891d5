import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpResponse } from '../http/exchange.ts';

const dripMs = 20;

/** Sends an answer, or does to the connection what its fault says. */
export async function sendAnswer(response: ServerResponse, answer: HttpResponse): Promise<void> {
  const { status, headers, body } = answer;
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  switch (answer.fault) {
    case undefined:
      response.writeHead(status, headers).end(bytes);
      return;
    case 'cut-before':
    case 'cut-after':
      response.destroy();
      return;
    case 'stall':
      return;
    case 'cut-body':
      response.writeHead(status, { ...headers, 'content-length': bytes.length });
      // The half must be on its way before the connection goes: destroying at once would take it along.
      response.write(bytes.subarray(0, bytes.length >>> 1), () => response.destroy());
      return;
    case 'drip':
      response.writeHead(status, { ...headers, 'content-length': bytes.length });
      for (const byte of bytes) {
        if (response.destroyed) return;
        response.write(Buffer.of(byte));
        await sleep(dripMs);
      }
      response.end();
  }
}
