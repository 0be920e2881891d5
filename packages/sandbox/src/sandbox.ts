import { randomBytes } from 'node:crypto';
import { platform } from 'node:os';
import { createApiHandler } from './api/create-api-handler.ts';
import { SandboxError } from './error.ts';
import { type BalancerFleet, createBalancerFleet } from './live/balancer-fleet.ts';
import { openHttpFront } from './live/http-front.ts';
import { openLiveParts } from './live/live-parts.ts';
import { completeSettings, type SandboxOptions } from './live/sandbox-options.ts';
import { createSandboxRouter } from './live/sandbox-router.ts';
import { setUpCloud } from './live/set-up-cloud.ts';
import { setUpVault } from './live/set-up-vault.ts';
import { type Cloud, createCloud } from './model/cloud.ts';
import { createSos } from './sos/create-sos.ts';
import { concealed, type Secret } from './vault/secret.ts';
import { createVault, type Vault } from './vault/vault.ts';

/** A running Exoscale and Vault. */
export interface Sandbox extends AsyncDisposable {
  /** Start again with it, and the cloud makes the same draws. */
  readonly seed: number;
  readonly zone: string;
  /** For example `http://127.0.0.1:40123/v2`. */
  readonly apiEndpoint: string;
  /** Path-style S3; sign for a zone. */
  readonly sosEndpoint: string;
  readonly vaultAddress: string;
  /** A key with every right, as an organization's owner has. */
  readonly adminCredentials: { readonly key: string; readonly secret: Secret };
  /** The AppRole for pipelines. */
  readonly roleName: string;
  readonly roleId: string;
  /** May do nothing but fetch secret ids of the AppRole. */
  readonly brokerToken: Secret;
  /** What a CI job would find in its environment. Holds the broker token in clear. */
  readonly env: Readonly<Record<string, string>>;
  /** The model behind it all: its events, snapshots and faults. */
  readonly cloud: Cloud;
  readonly vault: Vault;
  /** The real proxies, by the id of their load-balancer service. */
  readonly balancers: Pick<BalancerFleet, 'get'>;
  /** Where an instance listens; `undefined` when there is no such instance. */
  addressOf(instanceId: string): string | undefined;
  /** What an instance has printed lately, also after its end. */
  consoleOf(instanceId: string): string;
  /** Ends every process, frees every port, removes every file. Idempotent. Same as disposing. */
  close(): Promise<void>;
}

/**
 * Starts a local Exoscale and Vault on loopback, set up for a pipeline: a security group `hello`, one IAM role per
 * stage, an AppRole `gitlab-ci-runner`. Instances are processes, load balancers are TCP proxies, time is the wall's.
 *
 * @throws SandboxError when this is not Linux, or a port is taken.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const settings = completeSettings(options);
  const { zone, zones, onProblem, signal } = settings;
  expectLinux();
  signal?.throwIfAborted();

  await using opened = new AsyncDisposableStack();
  const live = opened.use(await openLiveParts(settings));
  const { scheduler, body, prober, images } = live;
  const { latencies, switches, quotas, faults } = settings;
  const seed = String(settings.seed);
  const admin = newAdmin();
  const ports = { scheduler, body, prober, images };
  const cloud = opened.use(
    createCloud({ ...ports, admin, seed, zones, latencies, switches, quotas, faults }),
  );
  const balancers = opened.use(
    createBalancerFleet((listener) => cloud.subscribe(listener), onProblem),
  );
  const vault = opened.use(
    createVault({ ...settings.vault, scheduler, issuer: cloud.issuer, seed }),
  );
  const router = createSandboxRouter();
  const { origin } = opened.use(await openHttpFront(settings.port, router.serve, onProblem));
  const sos = createSos({
    folder: live.objectFolder,
    zones,
    access: {
      secretOf: (key) => cloud.iam.secretOf(key),
      isAllowed: (key, operation) => cloud.iam.allows(key, 'sos', operation),
    },
    now: () => cloud.now(),
  });
  const endpointFor = (name: string) => (name === zone ? `${origin}/v2` : `${origin}/z/${name}/v2`);
  const api = createApiHandler(cloud, { endpointFor, sosEndpointFor: () => origin });
  router.connect({
    api,
    vault: vault.handler,
    sos: (request, response) => sos.handle(request, response),
  });

  setUpCloud(cloud, zone, settings.appPort);
  const { roleName, roleId, brokerToken } = await setUpVault(vault, zone, admin);
  signal?.throwIfAborted();

  const everything = opened.move();
  const close = (): Promise<void> => everything.disposeAsync();
  return {
    seed: settings.seed,
    zone,
    apiEndpoint: endpointFor(zone),
    sosEndpoint: origin,
    vaultAddress: origin,
    adminCredentials: { key: admin.key, secret: concealed(admin.secret) },
    roleName,
    roleId,
    brokerToken,
    env: {
      VAULT_ADDR: origin,
      VAULT_ROLE_ID: roleId,
      VAULT_TOKEN: brokerToken.reveal(),
      EXOSCALE_API_ENDPOINT: endpointFor(zone),
      EXOSCALE_STORAGE_API_ENDPOINT: origin,
      EXOSCALE_ZONE: zone,
    },
    cloud,
    vault,
    balancers,
    addressOf: (id) => cloud.instances.list().find((instance) => instance.id === id)?.address,
    consoleOf: (id) => body.consoleOf(id),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function newAdmin(): { readonly key: string; readonly secret: string } {
  return {
    key: `EXO${randomBytes(12).toString('hex')}`,
    secret: randomBytes(32).toString('base64url'),
  };
}

/** Elsewhere, loopback has a single address, and instances need one each. */
function expectLinux(): void {
  if (platform() === 'linux') return;
  throw new SandboxError(
    'unsupported-platform',
    `Cannot start the sandbox on "${platform()}": it needs Linux (or WSL), where all of 127.0.0.0/8 is loopback`,
  );
}
