import { defaultZones } from './catalog.ts';
import type { Fault } from './faults.ts';
import type { AdminCredentials } from './iam.ts';
import { checkLatency, defaultLatencies, type Latencies } from './latency.ts';
import type { Body, ImageStore, Prober, Scheduler } from './ports.ts';
import { defaultSwitches, type Switches } from './switches.ts';

export interface CloudOptions {
  readonly scheduler: Scheduler;
  readonly body: Body;
  readonly prober: Prober;
  readonly images: ImageStore;
  /** A key with every right. It is not listed, not counted and cannot be deleted. */
  readonly admin: AdminCredentials;
  /** Decides every draw, id and generated secret. @default 'exoship' */
  readonly seed?: string | undefined;
  /** The first one answers where no zone is named. @default five public ones, ch-gva-2 first */
  readonly zones?: readonly string[] | undefined;
  readonly latencies?: Partial<Latencies> | undefined;
  /** Of all boots, those whose instance never answers; from 0 to 1. @default 0 */
  readonly bootFailureShare?: number | undefined;
  readonly switches?: Partial<Switches> | undefined;
  /** Limits by resource; -1 is unlimited. @default 20 instances, 20 templates, 5 load balancers */
  readonly quotas?: Readonly<Record<string, number>> | undefined;
  /** How many hosts a zone has: members of an anti-affinity group need one each. @default no end of them */
  readonly hosts?: number | undefined;
  /** Names of templates that everybody sees. @default ['Linux Ubuntu 24.04 LTS 64-bit'] */
  readonly publicTemplates?: readonly string[] | undefined;
  readonly faults?: readonly Fault[] | undefined;
  /** Lower it to watch a balancer react in wall time. @default the provider's: interval 5, timeout 2 */
  readonly minimumCheckSeconds?: MinimumCheckSeconds | undefined;
}

/** Whole seconds. */
export interface MinimumCheckSeconds {
  readonly interval: number;
  readonly timeout: number;
}

const knownOptions: Readonly<Record<keyof CloudOptions, true>> = {
  scheduler: true,
  body: true,
  prober: true,
  images: true,
  admin: true,
  seed: true,
  zones: true,
  latencies: true,
  bootFailureShare: true,
  switches: true,
  quotas: true,
  hosts: true,
  publicTemplates: true,
  faults: true,
  minimumCheckSeconds: true,
};

export interface CompleteOptions
  extends Required<Pick<CloudOptions, 'scheduler' | 'body' | 'prober' | 'images' | 'admin'>> {
  readonly seed: string;
  readonly zones: readonly string[];
  readonly defaultZone: string;
  readonly latencies: Latencies;
  readonly bootFailureShare: number;
  readonly switches: Switches;
  readonly quotas: Readonly<Record<string, number>>;
  readonly hosts: number;
  readonly publicTemplates: readonly string[];
  readonly faults: readonly Fault[];
  readonly minimumCheckSeconds: MinimumCheckSeconds;
}

/** Fills in the defaults and refuses names that mean nothing. */
export function completeOptions(options: CloudOptions): CompleteOptions {
  for (const part of ['scheduler', 'body', 'prober', 'images', 'admin'] as const) {
    if (options?.[part] === undefined)
      throw new TypeError(`Missing option of the cloud: "${part}"`);
  }
  expectKnown('option', options, knownOptions);
  expectKnown('latency', options.latencies ?? {}, defaultLatencies);
  expectKnown('switch', options.switches ?? {}, defaultSwitches);
  const { bootFailureShare = 0 } = options;
  if (!(bootFailureShare >= 0 && bootFailureShare <= 1)) {
    throw new RangeError(`bootFailureShare must be from 0 to 1: ${bootFailureShare}`);
  }
  for (const [resource, limit] of Object.entries(options.quotas ?? {})) {
    if (!(Number.isInteger(limit) && limit >= -1)) {
      throw new RangeError(
        `quotas.${resource} must be a whole number, or -1 for no limit: ${limit}`,
      );
    }
  }
  const latencies = { ...defaultLatencies, ...options.latencies };
  for (const [name, latency] of Object.entries(latencies)) checkLatency(name, latency);
  const zones = options.zones ?? defaultZones;
  const [defaultZone] = zones;
  if (defaultZone === undefined) throw new RangeError('A cloud needs at least one zone');
  return {
    ...options,
    seed: options.seed ?? 'exoship',
    zones,
    defaultZone,
    latencies,
    bootFailureShare,
    switches: { ...defaultSwitches, ...options.switches },
    quotas: options.quotas ?? {},
    hosts: options.hosts ?? Number.POSITIVE_INFINITY,
    publicTemplates: options.publicTemplates ?? ['Linux Ubuntu 24.04 LTS 64-bit'],
    faults: options.faults ?? [],
    minimumCheckSeconds: options.minimumCheckSeconds ?? { interval: 5, timeout: 2 },
  };
}

function expectKnown(what: string, given: object, known: object): void {
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(known, name)) throw new TypeError(`Unknown ${what} of the cloud: "${name}"`);
  }
}
