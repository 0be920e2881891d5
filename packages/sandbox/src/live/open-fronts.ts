import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createAdminHandler } from '../admin/create-admin-handler.ts';
import { createApiHandler } from '../api/create-api-handler.ts';
import type { Cloud } from '../model/cloud.ts';
import { createSos } from '../sos/create-sos.ts';
import { createObjectStore } from '../sos/object-store.ts';
import { publicHosts, sosHost } from '../tls/public-hosts.ts';
import { openTlsFront } from '../tls/tls-front.ts';
import type { Vault } from '../vault/vault.ts';
import { openHttpFront } from './http-front.ts';
import type { LiveParts } from './live-parts.ts';
import type { SandboxSettings } from './sandbox-options.ts';
import { createSandboxRouter } from './sandbox-router.ts';
import { watched } from './watch-handler.ts';

/** How to reach the sandbox under the names of the real cloud. */
export interface TlsEntry {
  /** `http://127.0.0.1:port`: answers CONNECT to `api-<zone>.exoscale.com:443` and `sos-<zone>.exo.io:443` itself. */
  readonly proxy: string;
  /** PEM of the authority, made at the start, that clients must trust. */
  readonly caFile: string;
  /** HTTPS_PROXY and SSL_CERT_FILE for programs in Go; what Node wants is there as well. */
  readonly env: Readonly<Record<string, string>>;
}

export interface Fronts extends AsyncDisposable {
  /** `http://127.0.0.1:port` of API, Vault and object store. */
  readonly origin: string;
  readonly endpointFor: (zone: string) => string;
  readonly tls: TlsEntry | undefined;
}

/** What the fronts stand before. */
export interface Behind {
  readonly cloud: Cloud;
  readonly vault: Vault;
  /** For the sandbox's own endpoint. */
  readonly adminToken: string;
}

/** Puts API, Vault and object store on loopback, and behind their public names when asked to. */
export async function openFronts(
  settings: SandboxSettings,
  live: LiveParts,
  { cloud, vault, adminToken }: Behind,
): Promise<Fronts> {
  const { zone, zones, onProblem, onApiCall } = settings;
  await using opened = new AsyncDisposableStack();
  const router = createSandboxRouter();
  const { origin } = opened.use(await openHttpFront(settings.port, router.serve, onProblem));
  const endpointFor = (name: string) => (name === zone ? `${origin}/v2` : `${origin}/z/${name}/v2`);
  const store = createObjectStore(live.objectFolder);
  const buckets = () => store.buckets();
  const api = createApiHandler(cloud, { endpointFor, sosEndpointFor: () => origin, buckets });
  router.connect({
    api: onApiCall === undefined ? api : watched(api, onApiCall),
    vault: vault.handler,
    exports: live.images.serve,
    admin: createAdminHandler(cloud.faults, adminToken),
    sos: createSos({ store, zones, iam: cloud.iam, now: () => cloud.now() }),
  });
  live.images.publishAt(origin);
  for (const name of zones) live.images.alias(sosHost(name), origin);

  let tls: TlsEntry | undefined;
  if (settings.tls === true) {
    const hosts = publicHosts(zones);
    const { serve } = router;
    const front = opened.use(await openTlsFront({ hosts, serve, now: cloud.now(), onProblem }));
    tls = await describeTls(front.proxy, front.authority, live.folder);
  }
  const everything = opened.move();
  return { origin, endpointFor, tls, [Symbol.asyncDispose]: () => everything.disposeAsync() };
}

async function describeTls(proxy: string, authority: string, folder: string): Promise<TlsEntry> {
  const caFile = join(folder, 'authority.pem');
  await writeFile(caFile, authority);
  const env = {
    HTTPS_PROXY: proxy,
    SSL_CERT_FILE: caFile,
    NODE_USE_ENV_PROXY: '1',
    NODE_EXTRA_CA_CERTS: caFile,
  };
  return { proxy, caFile, env };
}
