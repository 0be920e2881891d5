import { type Agent, request } from 'node:http';

export interface Target {
  readonly host: string;
  readonly port: number;
}

/** What one request met. `isComplete` means a whole 2xx answer with the body that the application promises. */
export interface Answer {
  readonly isComplete: boolean;
  /** `200`, `500`, `ECONNRESET`, `timed out`, `wrong body`. */
  readonly outcome: string;
  readonly status?: number;
  /** As the application names itself; absent when no answer came. */
  readonly version?: string;
  /** Our end of the connection: by it the balancer can tell which member had it. */
  readonly localPort?: number;
}

const REQUEST_TIMEOUT_MS = 10_000;

/** One GET, no retries: a kept-alive connection that breaks counts, as it does for a real client. */
export function oneRequest(target: Target, agent: Agent | false, body: string): Promise<Answer> {
  return new Promise((resolve) => {
    let localPort: number | undefined;
    const done = (answer: Omit<Answer, 'localPort'>): void =>
      resolve({ ...answer, ...(localPort !== undefined && { localPort }) });
    const outgoing = request({ ...target, path: '/', agent, timeout: REQUEST_TIMEOUT_MS });
    outgoing.on('socket', (socket) => {
      localPort = socket.localPort;
      // A kept-alive socket is connected already.
      if (!socket.connecting) return;
      socket.once('connect', () => {
        localPort = socket.localPort;
      });
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error('timed out')));
    outgoing.on('error', (error: NodeJS.ErrnoException) =>
      done({ isComplete: false, outcome: error.code ?? error.message }),
    );
    outgoing.on('response', (response) => {
      const status = response.statusCode ?? 0;
      const version = String(response.headers['x-hello-version'] ?? '');
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('error', () => done({ isComplete: false, outcome: 'cut', status, version }));
      response.on('end', () => {
        const isSuccess = status >= 200 && status < 300;
        const isComplete = isSuccess && response.complete && text.includes(body);
        const outcome = isSuccess && !isComplete ? 'wrong body' : String(status);
        done({ isComplete, outcome, status, version });
      });
    });
    outgoing.end();
  });
}
