import { randomBytes } from 'node:crypto';
import { platform } from 'node:os';
import { SandboxError } from './error.ts';
import { type BalancerFleet, createBalancerFleet } from './live/balancer-fleet.ts';
import { type LiveParts, openLiveParts } from './live/live-parts.ts';
import { openFronts, type TlsEntry } from './live/open-fronts.ts';
import {
  completeSettings,
  type SandboxOptions,
  type SandboxSettings,
} from './live/sandbox-options.ts';
import { setUpCloud } from './live/set-up-cloud.ts';
import { setUpVault } from './live/set-up-vault.ts';
import { type Cloud, createCloud } from './model/cloud.ts';
import type { AdminCredentials } from './model/iam.ts';
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
  /** Takes faults from other processes: `POST` one, `GET` those that wait, `DELETE` all, with the token as Bearer. */
  readonly faultsEndpoint: string;
  readonly adminToken: Secret;
  /** The AppRole for pipelines. */
  readonly roleName: string;
  readonly roleId: string;
  /** May do nothing but fetch secret ids of the AppRole. */
  readonly brokerToken: Secret;
  /** What a CI job would find in its environment. Holds the broker token in clear. */
  readonly env: Readonly<Record<string, string>>;
  /** Only with the option `tls`. */
  readonly tls: TlsEntry | undefined;
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
  const { zone, onProblem, signal } = settings;
  expectLinux();
  signal?.throwIfAborted();

  await using opened = new AsyncDisposableStack();
  const live = opened.use(await openLiveParts(settings));
  const admin = newAdmin();
  const cloud = opened.use(openCloud(settings, live, admin));
  const balancers = opened.use(
    createBalancerFleet((listener) => cloud.subscribe(listener), onProblem),
  );
  const adminToken = randomBytes(24).toString('base64url');
  const vault = opened.use(openVault(settings, live, cloud));
  const { origin, endpointFor, tls } = opened.use(
    await openFronts(settings, live, { cloud, vault, adminToken }),
  );
  setUpCloud(cloud, zone, settings.appPort);
  const { roleName, roleId, brokerToken } = await setUpVault(vault, zone, admin);
  signal?.throwIfAborted();

  const everything = opened.move();
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= everything.disposeAsync();
    return closing;
  };
  return {
    seed: settings.seed,
    zone,
    apiEndpoint: endpointFor(zone),
    sosEndpoint: origin,
    vaultAddress: origin,
    faultsEndpoint: `${origin}/_sandbox/faults`,
    adminToken: concealed(adminToken),
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
    tls,
    cloud,
    vault,
    balancers,
    addressOf: (id) => cloud.instances.list().find((instance) => instance.id === id)?.address,
    consoleOf: (id) => live.body.consoleOf(id),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function openCloud(settings: SandboxSettings, live: LiveParts, admin: AdminCredentials): Cloud {
  const { seed, zones, latencies, switches, quotas, minimumCheckSeconds, faults } = settings;
  const { bootFailureShare, hosts } = settings;
  const { scheduler, body, prober, images } = live;
  return createCloud({
    scheduler,
    body,
    prober,
    images,
    admin,
    seed: String(seed),
    zones,
    latencies,
    bootFailureShare,
    switches,
    quotas,
    hosts,
    minimumCheckSeconds,
    faults,
  });
}

function openVault(
  { seed, vault }: SandboxSettings,
  { scheduler }: LiveParts,
  cloud: Cloud,
): Vault {
  return createVault({ ...vault, scheduler, issuer: cloud.issuer, seed: String(seed) });
}

/** Not of the seed: a secret that opens everything should not be known to whoever knows the seed. */
function newAdmin(): AdminCredentials {
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
