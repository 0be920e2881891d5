import { type Agent, get as httpGet, type IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';

export interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The client's own port: the same again means that the connection was used again. */
  readonly connection: number | undefined;
}

/** One GET on loopback; without an agent, a connection of its own. */
export function get(port: number, path: string, agent: Agent | false = false): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpGet({ host: '127.0.0.1', port, path, agent }, (response) => {
      const connection = response.socket.localPort;
      text(response).then(
        (body) =>
          resolve({ status: response.statusCode, headers: response.headers, body, connection }),
        reject,
      );
    });
    request.on('error', reject);
  });
}
