import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { listen } from './listen.ts';

export interface BalancerMember {
  readonly id: string;
  readonly address: string;
  readonly port: number;
}

/** One service of a load balancer as a real TCP proxy. */
export interface TcpBalancer extends AsyncDisposable {
  readonly address: string;
  readonly port: number;
  /** Who gets new connections; those that are open stay where they are. */
  setRotation(members: readonly BalancerMember[]): void;
  rotation(): readonly BalancerMember[];
  /** The member that served the connection from this client port, the latest one if the port was used again. */
  memberOf(clientPort: number): string | undefined;
  /** How many connections each member was given since the start. */
  connectionCounts(): ReadonlyMap<string, number>;
  /** Cuts all connections and frees the port; idempotent. */
  close(): Promise<void>;
}

/** Ports are 16 bits wide: one entry for each is the most there can be. */
interface Ledger {
  readonly memberByClientPort: Map<number, string>;
  readonly counts: Map<string, number>;
}

/**
 * Listens on `address:port` and hands each connection to the next member in turn. A member that refuses costs the
 * client its connection: layer 4 has nobody to ask for a second try. With nobody in the rotation it is reset at once.
 */
export async function openTcpBalancer(address: string, port: number): Promise<TcpBalancer> {
  const sockets = new Set<Socket>();
  const ledger: Ledger = { memberByClientPort: new Map(), counts: new Map() };
  let members: readonly BalancerMember[] = [];
  let turn = 0;

  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    track(sockets, client);
    const member = members[turn % members.length];
    if (member === undefined) {
      client.on('error', ignore);
      client.resetAndDestroy();
      return;
    }
    turn = (turn + 1) % members.length;
    record(ledger, client, member);
    track(sockets, relay(client, member));
  });
  server.on('error', ignore);
  await listen(server, { host: address, port });

  const closed = once(server, 'close');
  async function close(): Promise<void> {
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  }

  return {
    address,
    port,
    setRotation(next) {
      members = next;
    },
    rotation: () => members,
    memberOf: (clientPort) => ledger.memberByClientPort.get(clientPort),
    connectionCounts: () => ledger.counts,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Two pipes, each ending on its own (half-close) and each as fast as its reader; an error on one side resets both. */
function relay(client: Socket, { address, port }: BalancerMember): Socket {
  const upstream = connect({ host: address, port, allowHalfOpen: true, noDelay: true });
  client.on('error', () => upstream.resetAndDestroy());
  upstream.on('error', () => client.resetAndDestroy());
  client.pipe(upstream);
  upstream.pipe(client);
  return upstream;
}

function record({ memberByClientPort, counts }: Ledger, client: Socket, member: BalancerMember) {
  counts.set(member.id, (counts.get(member.id) ?? 0) + 1);
  if (client.remotePort !== undefined) memberByClientPort.set(client.remotePort, member.id);
}

function track(sockets: Set<Socket>, socket: Socket): void {
  sockets.add(socket);
  socket.on('close', () => sockets.delete(socket));
}

function ignore(): void {}
