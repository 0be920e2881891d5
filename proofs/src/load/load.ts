import { Agent } from 'node:http';
import { type Answer, oneRequest, type Target } from './one-request.ts';

export interface LoadOptions {
  readonly target: Target;
  /** Requests a second, sent on schedule whether or not the earlier ones were answered (open loop). */
  readonly ratePerSecond: number;
  /** What a right answer contains. */
  readonly body: string;
  /** Which member the balancer gave the connection from this local port to; asked at the moment of a failure. */
  readonly memberOf: (localPort: number) => string | undefined;
  /** Stops by itself after this long. @default 600_000 */
  readonly maxDurationMs?: number;
}

/** A request without a complete, right answer. Who is to blame is decided afterwards, from the rollout's own events. */
export interface FailedRequest extends Answer {
  readonly sentAt: Date;
  readonly failedAt: Date;
  readonly memberId: string | undefined;
}

export interface Traffic {
  readonly requests: number;
  /** Complete, right answers by the version that gave them. */
  readonly byVersion: Readonly<Record<string, number>>;
  readonly failed: readonly FailedRequest[];
}

export interface Load extends AsyncDisposable {
  read(): Traffic;
  /** Ends the load and waits for the requests under way; idempotent. */
  stop(): Promise<Traffic>;
}

const KEPT_CONNECTIONS = 8;
const TICK_MS = 5;

/** A steady stream of requests, half of them over kept-alive connections, half with a connection each. */
export function startLoad(options: LoadOptions): Load {
  const kept = new Agent({ keepAlive: true, maxSockets: KEPT_CONNECTIONS, scheduling: 'fifo' });
  const byVersion: Record<string, number> = {};
  const failed: FailedRequest[] = [];
  const underWay = new Set<Promise<void>>();
  const startedMs = performance.now();
  let sent = 0;
  let requests = 0;

  const send = async (agent: Agent | false): Promise<void> => {
    const sentAt = new Date();
    const answer = await oneRequest(options.target, agent, options.body);
    requests += 1;
    if (answer.isComplete)
      byVersion[answer.version ?? ''] = (byVersion[answer.version ?? ''] ?? 0) + 1;
    else {
      const { localPort } = answer;
      const memberId = localPort === undefined ? undefined : options.memberOf(localPort);
      failed.push({ ...answer, sentAt, failedAt: new Date(), memberId });
    }
  };
  const timer = setInterval(() => {
    const elapsedMs = performance.now() - startedMs;
    if (elapsedMs > (options.maxDurationMs ?? 600_000)) return clearInterval(timer);
    for (
      const due = Math.floor((elapsedMs / 1000) * options.ratePerSecond);
      sent < due;
      sent += 1
    ) {
      const one = send(sent % 2 === 0 ? kept : false);
      underWay.add(one);
      void one.finally(() => underWay.delete(one));
    }
  }, TICK_MS);

  const read = (): Traffic => ({ requests, byVersion: { ...byVersion }, failed: [...failed] });
  const stop = async (): Promise<Traffic> => {
    clearInterval(timer);
    await Promise.all(underWay);
    kept.destroy();
    return read();
  };
  return { read, stop, [Symbol.asyncDispose]: async () => void (await stop()) };
}
