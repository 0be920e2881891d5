import { once } from 'node:events';
import type { ListenOptions, Server } from 'node:net';
import { SandboxError } from '../error.ts';

/** Resolves when the server listens; a port that is taken is said in one clear line. */
export async function listen(server: Server, where: ListenOptions): Promise<void> {
  server.listen(where);
  try {
    await once(server, 'listening');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
    const reason = code === 'EADDRINUSE' ? 'another program has that port' : code;
    throw new SandboxError(
      'port-taken',
      `Cannot listen on ${where.host}:${where.port}: ${reason}`,
      {
        cause,
        retryable: code === 'EADDRINUSE',
      },
    );
  }
}
