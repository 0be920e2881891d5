import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { SandboxError } from '../error.ts';

/** A `127.x.0.0/16` of our own; an address that was given out is never given out again. */
export interface AddressPool extends AsyncDisposable {
  /** For example `127.73.0.0/16`. */
  readonly network: string;
  allocate(): string;
  /** Lets another sandbox have the network; idempotent. */
  close(): Promise<void>;
}

const lastHost = 2 ** 16 - 2;
const attempts = 16;

/**
 * Reserves a random loopback network on which `port` can be bound. 127.0 and 127.1 are left alone: resolvers and
 * distributions use them.
 */
export async function openAddressPool(port: number): Promise<AddressPool> {
  let lastProblem = '';
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const prefix = `127.${randomInt(2, 255)}`;
    const reservation = await reserve(prefix);
    if (reservation === undefined) continue;
    const problem = await bindProblem(port, `${prefix}.0.1`);
    if (problem === undefined) return addressPool(prefix, reservation);
    reservation.close();
    lastProblem = `: ${problem} on ${prefix}.0.1`;
  }
  throw new SandboxError(
    'no-free-network',
    `Cannot find a loopback network where port ${port} is free${lastProblem} (a listener on 0.0.0.0:${port} takes it everywhere)`,
    { retryable: true },
  );
}

function addressPool(prefix: string, reservation: Server): AddressPool {
  let host = 0;
  const closed = once(reservation, 'close');

  async function close(): Promise<void> {
    reservation.close();
    await closed;
  }

  return {
    network: `${prefix}.0.0/16`,
    allocate() {
      if (host === lastHost) {
        throw new SandboxError(
          'no-free-network',
          `Cannot allocate an address: ${prefix}.0.0/16 is used up`,
        );
      }
      host += 1;
      return `${prefix}.${host >>> 8}.${host & 255}`;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** An abstract socket lives in the same network namespace as the addresses and dies with its process. */
async function reserve(prefix: string): Promise<Server | undefined> {
  const server = createServer((socket) => socket.destroy());
  const problem = await listenProblem(server, { path: `\0exoship-sandbox-${prefix}` });
  return problem === undefined ? server.unref() : undefined;
}

async function bindProblem(port: number, host: string): Promise<string | undefined> {
  const server = createServer();
  const problem = await listenProblem(server, { port, host });
  if (problem === undefined) {
    server.close();
    await once(server, 'close');
  }
  return problem;
}

async function listenProblem(
  server: Server,
  where: { readonly path: string } | { readonly port: number; readonly host: string },
): Promise<string | undefined> {
  try {
    server.listen(where);
    await once(server, 'listening');
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}
