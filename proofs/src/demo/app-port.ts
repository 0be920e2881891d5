import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * A port that instances can listen on, each on its own 127.x address: the wanted one, or any other when somebody listens
 * on it on all addresses.
 */
export async function chooseAppPort(wanted: number): Promise<number> {
  return (await tryPort(wanted)) ?? (await tryPort(0)) ?? wanted;
}

async function tryPort(port: number): Promise<number | undefined> {
  const server = createServer();
  try {
    server.listen({ port, host: '0.0.0.0', exclusive: true });
    await once(server, 'listening');
    const address = server.address();
    return typeof address === 'object' ? address?.port : undefined;
  } catch {
    return undefined;
  } finally {
    server.close();
  }
}
