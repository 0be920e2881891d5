import { type ClientRequest, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect, type Socket } from 'node:net';
import type { ProbeRequest, Prober } from '../model/ports.ts';

export interface LiveProber extends Prober, Disposable {
  /** Gives up all probes under way: they answer `false`. */
  close(): void;
}

type Answer = (success: boolean) => void;

/** Probes as a load balancer does: one fresh connection each; TCP wants a connect, HTTP wants a 2xx. */
export function createHttpProber(): LiveProber {
  const underWay = new Set<() => void>();

  function probe(request: ProbeRequest, answer: Answer): void {
    let isAnswered = false;
    const settle: Answer = (success) => {
      if (isAnswered) return;
      isAnswered = true;
      answer(success);
    };
    const attempt = request.mode === 'tcp' ? tryTcp(request, settle) : tryHttp(request, settle);
    const giveUp = () => {
      settle(false);
      attempt.destroy();
    };
    const deadline = setTimeout(giveUp, request.timeoutMs);
    underWay.add(giveUp);
    attempt.on('close', () => {
      clearTimeout(deadline);
      underWay.delete(giveUp);
      settle(false);
    });
  }

  function close(): void {
    for (const giveUp of underWay) giveUp();
  }

  return { probe, close, [Symbol.dispose]: close };
}

function tryTcp({ address, port }: ProbeRequest, settle: Answer): Socket {
  const socket = connect({ host: address, port });
  socket.on('connect', () => {
    settle(true);
    socket.destroy();
  });
  socket.on('error', () => settle(false));
  return socket;
}

function tryHttp({ mode, address, port, uri }: ProbeRequest, settle: Answer): ClientRequest {
  const send = mode === 'https' ? httpsRequest : httpRequest;
  const attempt = send({
    host: address,
    port,
    path: uri ?? '/',
    agent: false,
    // A balancer does not know the member's name, so it cannot check its certificate.
    rejectUnauthorized: false,
    headers: { connection: 'close', 'user-agent': 'exoship-sandbox-nlb' },
  });
  attempt.on('response', (response) => {
    const status = response.statusCode ?? 0;
    settle(status >= 200 && status < 300);
    response.on('error', () => undefined);
    response.resume();
  });
  attempt.on('error', () => settle(false));
  attempt.end();
  return attempt;
}
