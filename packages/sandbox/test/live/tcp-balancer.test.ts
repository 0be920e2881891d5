import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type AddressPool, openAddressPool } from '../../src/live/address-pool.ts';
import { openTcpBalancer, type TcpBalancer } from '../../src/live/tcp-balancer.ts';
import { appPort } from '../support/app-port.ts';
import { waitFor } from '../support/wait-for.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

interface Member {
  readonly id: string;
  readonly address: string;
  readonly port: number;
  readonly server: Server;
  readonly sockets: Set<Socket>;
}

async function startMember(
  addresses: AddressPool,
  id: string,
  serve: (socket: Socket) => void,
): Promise<Member> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    serve(socket);
  });
  const address = addresses.allocate();
  server.listen(appPort, address);
  await once(server, 'listening');
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { id, address, port: appPort, server, sockets };
}

/** Says its name, then repeats what it hears. */
const echo = (name: string) => (socket: Socket) => {
  socket.write(`${name};`);
  socket.pipe(socket);
};

async function openBench(
  serve: (name: string) => (socket: Socket) => void = echo,
): Promise<{ balancer: TcpBalancer; a: Member; b: Member; addresses: AddressPool }> {
  const addresses = await openAddressPool(appPort);
  cleanups.push(() => addresses.close());
  const balancer = await openTcpBalancer(addresses.allocate(), appPort);
  cleanups.push(() => balancer.close());
  const a = await startMember(addresses, 'a', serve('a'));
  const b = await startMember(addresses, 'b', serve('b'));
  balancer.setRotation([a, b]);
  return { balancer, a, b, addresses };
}

interface Client {
  readonly socket: Socket;
  text(): string;
  readonly errors: string[];
}

async function connectTo(balancer: TcpBalancer): Promise<Client> {
  const socket = connect({ host: balancer.address, port: balancer.port, allowHalfOpen: true });
  cleanups.push(() => socket.destroy());
  const errors: string[] = [];
  let received = '';
  socket.on('error', (error: NodeJS.ErrnoException) => errors.push(error.code ?? error.message));
  socket.on('data', (chunk) => {
    received += chunk.toString();
  });
  await once(socket, 'connect');
  return { socket, text: () => received, errors };
}

test('openTcpBalancer() hands out connections in turn and knows who served which', async () => {
  const { balancer } = await openBench();
  const clients: Client[] = [];
  for (let count = 0; count < 4; count += 1) {
    const client = await connectTo(balancer);
    await waitFor('a greeting', () => client.text() !== '');
    clients.push(client);
  }
  expect(clients.map((client) => client.text())).toEqual(['a;', 'b;', 'a;', 'b;']);
  const servedBy = clients.map(({ socket }) => balancer.memberOf(socket.localPort ?? 0));
  expect(servedBy).toEqual(['a', 'b', 'a', 'b']);
  expect([...balancer.connectionCounts()]).toEqual([
    ['a', 2],
    ['b', 2],
  ]);
});

test('openTcpBalancer() leaves open connections with a member that left the rotation', async () => {
  const { balancer, b } = await openBench();
  const first = await connectTo(balancer);
  await waitFor('a greeting', () => first.text() === 'a;');
  balancer.setRotation([b]);
  const second = await connectTo(balancer);
  await waitFor('a greeting', () => second.text() === 'b;');
  first.socket.write('still here');
  await waitFor('an echo', () => first.text() === 'a;still here');
});

test('openTcpBalancer() resets a connection whose member refuses, and asks no other', async () => {
  const { balancer, a, b } = await openBench();
  a.server.close();
  await once(a.server, 'close');
  const refused = await connectTo(balancer);
  const clientPort = refused.socket.localPort ?? 0;
  await waitFor('the reset', () => refused.errors.length > 0);
  expect(refused.errors).toEqual(['ECONNRESET']);
  expect(b.sockets.size).toBe(0);
  expect(balancer.memberOf(clientPort)).toBe('a');
});

test('openTcpBalancer() resets at once when nobody is in the rotation', async () => {
  const { balancer } = await openBench();
  balancer.setRotation([]);
  const socket = connect({ host: balancer.address, port: balancer.port });
  const [error] = (await once(socket, 'error').catch((problem: unknown) => [problem])) as [
    NodeJS.ErrnoException,
  ];
  expect(error.code).toBe('ECONNRESET');
});

test('openTcpBalancer() passes a half-close on and still brings the answer', async () => {
  const answerAtEnd = (name: string) => (socket: Socket) => {
    let heard = '';
    socket.on('data', (chunk) => {
      heard += chunk.toString();
    });
    socket.on('end', () => socket.end(`${name} heard ${heard}`));
  };
  const { balancer } = await openBench(answerAtEnd);
  const client = await connectTo(balancer);
  client.socket.end('hello');
  await once(client.socket, 'end');
  expect(client.text()).toBe('a heard hello');
});

test('openTcpBalancer() cuts the connection when its member is gone', async () => {
  const { balancer, a } = await openBench();
  const client = await connectTo(balancer);
  await waitFor('a greeting', () => client.text() === 'a;');
  for (const socket of a.sockets) socket.resetAndDestroy();
  await waitFor('the cut', () => client.errors.length > 0);
  expect(client.errors).toEqual(['ECONNRESET']);
});

test('openTcpBalancer() lets go of the member when the client is gone', async () => {
  const { balancer, a } = await openBench();
  const client = await connectTo(balancer);
  await waitFor('a greeting', () => client.text() === 'a;');
  client.socket.resetAndDestroy();
  await waitFor('the member to notice', () => [...a.sockets].every((socket) => socket.destroyed));
});

test('openTcpBalancer() is no faster than a slow reader, and loses nothing', async () => {
  const total = 64 * 1024 * 1024;
  let written = 0;
  const firehose = () => (socket: Socket) => {
    const chunk = Buffer.alloc(64 * 1024);
    const pump = () => {
      while (written < total) {
        written += chunk.length;
        if (!socket.write(chunk)) return;
      }
      socket.end();
    };
    socket.on('drain', pump);
    pump();
  };
  const { balancer } = await openBench(firehose);
  const socket = connect({ host: balancer.address, port: balancer.port });
  cleanups.push(() => socket.destroy());
  let read = 0;
  let settled = -1;
  await waitFor('the member to be held back', async () => {
    const before = settled;
    settled = written;
    await new Promise((resolve) => setTimeout(resolve, 50));
    return written > 0 && before === written;
  });
  expect(written).toBeLessThan(total / 2);
  for await (const chunk of socket as AsyncIterable<Buffer>) read += chunk.length;
  expect(read).toBe(total);
});

test('openTcpBalancer() says in one line that its port is taken', async () => {
  const { balancer } = await openBench();
  await expect(openTcpBalancer(balancer.address, balancer.port)).rejects.toMatchObject({
    code: 'port-taken',
    message: `Cannot listen on ${balancer.address}:${balancer.port}: another program has that port`,
  });
});
