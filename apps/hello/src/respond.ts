import type { Behaviour } from './release.ts';

export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

export interface ServerState {
  readonly version: string;
  readonly release: Behaviour;
  readonly instance: string;
  readonly isDraining: boolean;
}

/** What one request is answered with; the server adds the headers that every answer carries. */
export function respond(
  request: { readonly method: string; readonly path: string },
  state: ServerState,
): Answer {
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  switch (isRead ? request.path : undefined) {
    case '/':
      return greet(state);
    case '/healthz':
      return tellHealth(state);
    case '/version':
      return json({ version: state.version, instance: state.instance });
    default:
      return text(404, 'not found');
  }
}

function greet({ release }: ServerState): Answer {
  return release === 'bad-app' ? text(500, 'internal error') : text(200, 'Hello, World!\n');
}

function tellHealth({ release, isDraining }: ServerState): Answer {
  if (isDraining) {
    return text(503, 'draining');
  }
  return release === 'bad-health' ? text(503, 'unhealthy') : text(200, 'ok');
}

function text(status: number, body: string): Answer {
  return { status, contentType: 'text/plain; charset=utf-8', body };
}

function json(value: unknown): Answer {
  return { status: 200, contentType: 'application/json', body: `${JSON.stringify(value)}\n` };
}
