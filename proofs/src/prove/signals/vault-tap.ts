import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A relay in front of Vault that notes every secret which Vault hands out, so that it can be searched for. */
export interface VaultTap extends AsyncDisposable {
  readonly address: string;
  /** What kind of secret it is, by the secret. */
  readonly secrets: ReadonlyMap<string, string>;
  /** Told of every request before Vault gets it, and of every answer before the caller does. */
  subscribe(listener: (what: 'call' | 'answer') => void): () => void;
}

const secretFields = ['secret_id', 'client_token', 'api_secret'];

export async function openVaultTap(vaultAddress: string): Promise<VaultTap> {
  const secrets = new Map<string, string>();
  const listeners = new Set<(what: 'call' | 'answer') => void>();
  const tell = (what: 'call' | 'answer'): void => {
    for (const listener of listeners) listener(what);
  };
  const note = (text: string): void => {
    tell('answer');
    for (const field of secretFields) {
      const value = new RegExp(`"${field}":\\s*"([^"]+)"`).exec(text)?.[1];
      if (value !== undefined) secrets.set(value, field);
    }
  };
  const server = createServer((incoming, outgoing) => {
    tell('call');
    relay(vaultAddress, incoming, outgoing, note);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    secrets,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function relay(
  vaultAddress: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  note: (text: string) => void,
): void {
  const { method, headers, url = '/' } = incoming;
  const upstream = request(new URL(url, vaultAddress), { method, headers, agent: false });
  upstream.on('response', (response) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('error', () => outgoing.destroy());
    response.on('end', () => {
      const body = Buffer.concat(chunks);
      note(body.toString('utf8'));
      outgoing.writeHead(response.statusCode ?? 502, response.headers).end(body);
    });
  });
  upstream.on('error', () => outgoing.destroy());
  outgoing.on('close', () => upstream.destroy());
  incoming.pipe(upstream);
}
