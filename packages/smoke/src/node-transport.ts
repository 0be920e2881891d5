import { once } from 'node:events';
import { type IncomingMessage, request as plainRequest, type RequestOptions } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { connect, isIPv6 } from 'node:net';
import {
  BODY_LIMIT_BYTES,
  type HttpAnswer,
  type HttpQuestion,
  type ProbeTarget,
  type Transport,
} from './transport.ts';

/**
 * One connection per request, closed afterwards: a kept-alive connection would hide that new ones are refused.
 * Follows no redirect, uses no proxy.
 */
export const nodeTransport: Transport = {
  http: async (question, { signal }) => {
    const open = question.target.tls === undefined ? plainRequest : tlsRequest;
    const request = open({ ...requestOptions(question), signal });
    request.on('error', ignoreLateError);
    request.end();
    const [message] = (await once(request, 'response', { signal })) as [IncomingMessage];
    try {
      return await readAnswer(message);
    } finally {
      request.destroy();
    }
  },
  tcp: async ({ address, port }, { signal }) => {
    const socket = connect({ host: address, port, signal });
    socket.on('error', ignoreLateError);
    try {
      await once(socket, 'connect', { signal });
    } finally {
      socket.destroy();
    }
  },
};

/** `once` reports the first error and stops listening; a second one would bring the process down. */
function ignoreLateError(): void {}

function requestOptions({ target, method, path, headers }: HttpQuestion): RequestOptions {
  const { address, port, tls } = target;
  return {
    host: address,
    port,
    method,
    path,
    headers: { host: hostHeader(target), ...lowerCased(headers), connection: 'close' },
    agent: false,
    ...(tls !== undefined && {
      rejectUnauthorized: tls.verify ?? true,
      ...(tls.ca !== undefined && { ca: tls.ca }),
      ...(tls.serverName !== undefined && { servername: tls.serverName }),
    }),
  };
}

function hostHeader({ address, port, tls }: ProbeTarget): string {
  const host = tls?.serverName ?? (isIPv6(address) ? `[${address}]` : address);
  return port === (tls === undefined ? 80 : 443) ? host : `${host}:${port}`;
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
}

async function readAnswer(message: IncomingMessage): Promise<HttpAnswer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > BODY_LIMIT_BYTES) break;
  }
  return {
    status: message.statusCode ?? 0,
    headers: Object.fromEntries(
      Object.entries(message.headers).map(([name, value]) => [
        name,
        [value ?? ''].flat().join(', '),
      ]),
    ),
    body: Buffer.concat(chunks).subarray(0, BODY_LIMIT_BYTES),
    truncated: size > BODY_LIMIT_BYTES,
  };
}
