import type { Handler } from '../http/exchange.ts';
import type { Serve } from './http-front.ts';
import { serveHandler } from './serve-handler.ts';

interface SandboxServers {
  readonly api: Handler;
  readonly vault: Handler;
  readonly sos: Serve;
}

export interface SandboxRouter {
  /** Answers 503 until the servers are connected. */
  readonly serve: Serve;
  connect(servers: SandboxServers): void;
}

const apiPath = /^\/(?:z\/[^/]+\/)?v2(?:[/?]|$)/;
const vaultPath = /^\/v1\//;

/** One port for all: `/v2` is the API, `/v1` is Vault, and no bucket has a name as short as that. */
export function createSandboxRouter(): SandboxRouter {
  let choose: ((url: string) => Serve) | undefined;
  return {
    async serve(request, response) {
      if (choose === undefined) response.writeHead(503).end();
      else await choose(request.url ?? '/')(request, response);
    },
    connect({ api, vault, sos }) {
      const [serveApi, serveVault] = [serveHandler(api), serveHandler(vault)];
      choose = (url) => (apiPath.test(url) ? serveApi : vaultPath.test(url) ? serveVault : sos);
    },
  };
}
