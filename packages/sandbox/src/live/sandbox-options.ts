import { randomInt } from 'node:crypto';
import { assertMachineOptions, type MachineOptions } from '../machine/machine-room.ts';
import { defaultZones } from '../model/catalog.ts';
import type { MinimumCheckSeconds } from '../model/cloud-options.ts';
import type { Fault } from '../model/faults.ts';
import { defaultLatencies, hasten, type Latencies } from '../model/latency.ts';
import type { Switches } from '../model/switches.ts';
import type { VaultOptions } from '../vault/vault.ts';
import type { ApiExchange } from './watch-handler.ts';

export interface SandboxOptions {
  /** The zone to work in; the others of the public cloud are there too. @default 'ch-gva-2' */
  readonly zone?: string | undefined;
  /** Decides every draw, id and generated secret of the cloud and the Vault. @default drawn, and told */
  readonly seed?: number | undefined;
  /** Where API, Vault and object store listen, on 127.0.0.1. @default 0: any free one */
  readonly port?: number | undefined;
  /** A port that must be free on the addresses of instances and load balancers. @default 8080 */
  readonly appPort?: number | undefined;
  /** How long the cloud takes for things. Clients' own waits are not shortened. @default a few seconds each */
  readonly latencies?: Partial<Latencies> | undefined;
  /**
   * How many times as fast the cloud is as its latencies say, all but `acpiTimeoutMs`, which is the guests' time. Time
   * itself is the wall's: expiry, TTLs and health checks stay as they are. @default 1
   */
  readonly speed?: number | undefined;
  /** Of all boots, those whose instance never answers; from 0 to 1. @default 0 */
  readonly bootFailureShare?: number | undefined;
  /** Positions on what is not known about the real cloud. @default the harder one for clients */
  readonly switches?: Partial<Switches> | undefined;
  /** Short for `switches.scaleDownVictims`. @default 'random' */
  readonly victims?: Switches['scaleDownVictims'] | undefined;
  /** Limits by resource, -1 for none. @default 20 instances, 20 templates, 5 load balancers */
  readonly quotas?: Readonly<Record<string, number>> | undefined;
  /** How many hosts a zone has: members of an anti-affinity group need one each. @default no end of them */
  readonly hosts?: number | undefined;
  /** The shortest health check that the API takes; the real one takes 5 and 2. @default { interval: 5, timeout: 2 } */
  readonly minimumCheckSeconds?: MinimumCheckSeconds | undefined;
  /** Wait for their calls; more can be added later, at `sandbox.cloud.faults`. @default none */
  readonly faults?: readonly Fault[] | undefined;
  /** How long tokens and leases live, and how revocation behaves. */
  readonly vault?: Omit<VaultOptions, 'scheduler' | 'issuer' | 'seed'> | undefined;
  /** How long an instance may take to end after SIGTERM, on top of the cloud's own patience. @default 600_000 */
  readonly stopCapMs?: number | undefined;
  /** What `node` means in a bundle's start command. @default the Node that runs the sandbox */
  readonly nodePath?: string | undefined;
  /** Virtual machines: what instances of a qcow2 image are. Needs QEMU, asked for at the first of them. */
  readonly machines?: MachineOptions | undefined;
  /** Also serves under the names of the real cloud, behind a CONNECT proxy with a certificate authority of its own. @default false */
  readonly tls?: boolean | undefined;
  /** Told of every call of API v2 and its answer. Holds signatures, and secrets of new keys. @default nobody */
  readonly onApiCall?: ((exchange: ApiExchange) => void) | undefined;
  /** Told of what goes wrong behind the scenes, such as a balancer port that is taken or an image that does not boot. @default nobody */
  readonly onProblem?: ((problem: unknown) => void) | undefined;
  /** Aborts the start; a sandbox that runs is ended with `close()`. */
  readonly signal?: AbortSignal | undefined;
}

const knownOptions: Readonly<Record<keyof SandboxOptions, true>> = {
  zone: true,
  seed: true,
  port: true,
  appPort: true,
  latencies: true,
  speed: true,
  bootFailureShare: true,
  switches: true,
  victims: true,
  quotas: true,
  hosts: true,
  minimumCheckSeconds: true,
  faults: true,
  vault: true,
  stopCapMs: true,
  nodePath: true,
  machines: true,
  tls: true,
  onApiCall: true,
  onProblem: true,
  signal: true,
};

export interface SandboxSettings extends SandboxOptions {
  readonly zone: string;
  /** The one to work in comes first. */
  readonly zones: readonly string[];
  readonly seed: number;
  readonly port: number;
  readonly appPort: number;
  readonly switches: Partial<Switches>;
  readonly onProblem: (problem: unknown) => void;
}

/** Fills in the defaults and refuses what means nothing. */
export function completeSettings(options: SandboxOptions): SandboxSettings {
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(knownOptions, name)) {
      throw new TypeError(`Unknown option of startSandbox(): "${name}"`);
    }
  }
  const { zone = 'ch-gva-2', seed = randomInt(2 ** 32), port = 0, appPort = 8080 } = options;
  if (!/^[a-z]{2}-[a-z]+-\d+$/.test(zone)) {
    throw new RangeError(`zone must be like "ch-gva-2": "${zone}"`);
  }
  expectWhole('seed', seed, 0, 2 ** 32 - 1);
  expectWhole('port', port, 0, 65_535);
  expectWhole('appPort', appPort, 1, 65_535);
  assertMachineOptions(options.machines ?? {});
  const { speed = 1 } = options;
  if (!Number.isFinite(speed) || speed <= 0) {
    throw new RangeError(`speed must be above zero: ${speed}`);
  }
  return {
    ...options,
    zone,
    zones: [zone, ...defaultZones.filter((other) => other !== zone)],
    seed,
    port,
    appPort,
    latencies: { ...options.latencies, ...hastened(options.latencies ?? {}, speed) },
    switches: {
      ...options.switches,
      ...(options.victims === undefined ? {} : { scaleDownVictims: options.victims }),
    },
    onProblem: options.onProblem ?? (() => undefined),
  };
}

function expectWhole(name: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new RangeError(`${name} must be a whole number between ${least} and ${most}: ${value}`);
  }
}

/** An unknown name is not for here: the cloud refuses it. */
function hastened(latencies: Partial<Latencies>, speed: number): Partial<Latencies> {
  if (speed === 1) return {};
  const entries = Object.entries({ ...defaultLatencies, ...latencies });
  return Object.fromEntries(
    entries
      .filter(([name]) => name !== 'acpiTimeoutMs')
      .map(([name, latency]) => [name, hasten(latency, speed)]),
  );
}
