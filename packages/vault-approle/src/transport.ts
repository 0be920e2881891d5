import {
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Trust } from './trust.ts';

export interface WireRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** From now to the last byte of the answer. */
  readonly timeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly trust: Trust;
  readonly signal: AbortSignal | undefined;
}

type FailureReason = 'timed-out' | 'untrusted-certificate' | 'too-large' | 'broken';

interface Progress {
  maybeSent: boolean;
  /** Set when the exchange was ended from this side. */
  stopped: { readonly reason: FailureReason; readonly detail: string } | undefined;
}

/** What one exchange led to; a failure is a value because whether to repeat it is the caller's decision. */
export type WireOutcome =
  | {
      readonly kind: 'reply';
      readonly status: number;
      readonly headers: IncomingHttpHeaders;
      readonly text: string;
    }
  | {
      readonly kind: 'failure';
      /** False when it is certain that no byte of the request was sent. */
      readonly maybeSent: boolean;
      readonly reason: FailureReason;
      readonly detail: string;
    };

const largestReplyBytes = 1024 * 1024;

/**
 * One HTTP exchange without redirects, proxies, connection reuse or anything from the environment. Rejects only with
 * `signal.reason`.
 */
export async function exchange(wire: WireRequest): Promise<WireOutcome> {
  wire.signal?.throwIfAborted();
  const progress: Progress = { maybeSent: false, stopped: undefined };
  const outgoing = openRequest(wire);
  const stop = (reason: FailureReason, detail: string): void => {
    progress.stopped ??= { reason, detail };
    outgoing.destroy();
  };
  const connectTimer = setTimeout(() => {
    stop('timed-out', `no connection within ${Math.round(wire.connectTimeoutMs)} ms`);
  }, wire.connectTimeoutMs);
  const totalTimer = setTimeout(() => {
    stop('timed-out', `no complete answer within ${Math.round(wire.timeoutMs)} ms`);
  }, wire.timeoutMs);
  const abort = (): void => stop('broken', 'aborted');
  wire.signal?.addEventListener('abort', abort, { once: true });
  onceConnected(outgoing, () => {
    progress.maybeSent = true;
    clearTimeout(connectTimer);
  });
  try {
    return await converse(outgoing, wire.body);
  } catch (error) {
    wire.signal?.throwIfAborted();
    return describeFailure(error, progress);
  } finally {
    clearTimeout(connectTimer);
    clearTimeout(totalTimer);
    wire.signal?.removeEventListener('abort', abort);
    outgoing.destroy();
  }
}

function openRequest({ url, method, headers, trust }: WireRequest): ClientRequest {
  if (url.protocol === 'http:') {
    return httpRequest(url, { method, headers, agent: new HttpAgent() });
  }
  return httpsRequest(url, { method, headers, agent: new HttpsAgent(trust) });
}

function onceConnected(outgoing: ClientRequest, listener: () => void): void {
  outgoing.once('socket', (socket) => {
    const isSecure = 'encrypted' in socket;
    socket.once(isSecure ? 'secureConnect' : 'connect', listener);
  });
}

async function converse(outgoing: ClientRequest, body: string | undefined): Promise<WireOutcome> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  outgoing.once('response', resolve);
  outgoing.on('error', reject);
  outgoing.end(body);
  const incoming = await promise;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largestReplyBytes) return tooLarge;
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  return { kind: 'reply', status: incoming.statusCode ?? 0, headers: incoming.headers, text };
}

const tooLarge: WireOutcome = {
  kind: 'failure',
  maybeSent: true,
  reason: 'too-large',
  detail: `the answer is larger than ${largestReplyBytes} bytes`,
};

function describeFailure(error: unknown, { maybeSent, stopped }: Progress): WireOutcome {
  if (stopped !== undefined) return { kind: 'failure', maybeSent, ...stopped };
  const detail = error instanceof Error ? error.message : String(error);
  const isVerdict = !maybeSent && certificateVerdict.test(codeOf(error));
  const reason = isVerdict ? 'untrusted-certificate' : 'broken';
  return { kind: 'failure', maybeSent, reason, detail };
}

/** OpenSSL's verification results and Node's host name check: a second try cannot change them. */
const certificateVerdict =
  /CERT|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE/;

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}
