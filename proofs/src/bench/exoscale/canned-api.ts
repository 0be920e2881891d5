import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface CannedApi extends AsyncDisposable {
  /** With `/v2`. */
  readonly endpoint: string;
}

const types = Array.from({ length: 30 }, (_, index) => ({
  id: `a0000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
  family: 'standard',
  size: `size-${index}`,
  cpus: 2,
  memory: 4_294_967_296,
  authorized: true,
  zones: ['ch-gva-2', 'ch-dk-2'],
}));

/** An API that answers at once and checks nothing, so that what is measured is the client. */
export async function startCannedApi(): Promise<CannedApi> {
  const answer = JSON.stringify({ 'instance-types': types });
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(request.url?.endsWith('/zone') ? zones() : answer);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v2`;
  function zones(): string {
    const names = ['ch-gva-2', 'ch-dk-2'];
    const list = names.map((name) => ({
      name,
      'api-endpoint': endpoint,
      'sos-endpoint': endpoint,
    }));
    return JSON.stringify({ zones: list });
  }
  return {
    endpoint,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
