import type { Handler } from '../http/exchange.ts';
import type { Serve } from './http-front.ts';
import { serveHandler } from './serve-handler.ts';

interface SandboxServers {
  readonly api: Handler;
  readonly vault: Handler;
  readonly sos: Serve;
  readonly admin: Handler;
  /** Disks of snapshots. */
  readonly exports: Serve;
}

export interface SandboxRouter {
  /** Answers 503 until the servers are connected. */
  readonly serve: Serve;
  connect(servers: SandboxServers): void;
}

const apiPath = /^\/(?:z\/[^/]+\/)?v2(?:[/?]|$)/;
const vaultPath = /^\/v1\//;
const exportsPath = /^\/_exports\//;
const adminPath = /^\/_sandbox\//;

/** One port for all: `/v2` is the API, `/v1` is Vault, `/_sandbox` the sandbox's own; no bucket has such a name. */
export function createSandboxRouter(): SandboxRouter {
  let choose: ((url: string) => Serve) | undefined;
  return {
    async serve(request, response) {
      if (choose === undefined) response.writeHead(503).end();
      else await choose(request.url ?? '/')(request, response);
    },
    connect({ api, vault, sos, admin, exports }) {
      const served = [
        [apiPath, serveHandler(api)],
        [vaultPath, serveHandler(vault)],
        [adminPath, serveHandler(admin)],
        [exportsPath, exports],
      ] as const;
      choose = (url) => served.find(([path]) => path.test(url))?.[1] ?? sos;
    },
  };
}
