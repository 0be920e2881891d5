import type { Latencies, SimulatedCloud, SimulatedGuests, Switches } from '@exoship/sandbox';
import { type Behaviour, type Cloud, createSimulatedCloud } from '@exoship/sandbox';

export interface WorldOptions {
  readonly seed: string;
  /** Members of the pool. */
  readonly size: number;
  /** Instances that the account may have. @default twice the pool's size */
  readonly quota?: number | undefined;
  /** Members that the pool must keep running. @default 0 */
  readonly minAvailable?: number | undefined;
  /** From creation until the app accepts connections, a fifth of it the machine's and the rest the guest's. @default 40_000 */
  readonly bootMedianMs?: number | undefined;
  /** What the guests of the new release do. @default healthy */
  readonly release?: Partial<Behaviour> | undefined;
  readonly switches?: Partial<Switches> | undefined;
  readonly latencies?: Partial<Latencies> | undefined;
  /** How often the balancer looks at a member. @default 5 */
  readonly checkIntervalSeconds?: number | undefined;
}

/** A balanced pool that serves the old release, a new release that is registered, and nothing under way. */
export interface World {
  readonly cloud: Cloud;
  readonly time: SimulatedCloud['time'];
  readonly guests: SimulatedGuests;
  readonly zone: string;
  readonly poolId: string;
  readonly serviceId: string;
  /** Ids of the two templates; `third` is one more good release. */
  readonly from: string;
  readonly to: string;
  readonly third: string;
  readonly size: number;
  readonly options: WorldOptions;
}

/** Stands for whatever a pool's user data holds that must never be told. */
export const canary = 'canary-7c1d5e-user-data';

const around = (medianMs: number) => ({ kind: 'lognormal', medianMs, sigma: 0.25 }) as const;
const minuteMs = 60_000;

/** The power button starts a lame duck: it goes on accepting for as long as any drain takes. */
const lameDuckMs = 2 * minuteMs;

export async function createWorld(options: WorldOptions): Promise<World> {
  const { seed, size, quota = 2 * size, bootMedianMs = 40_000 } = options;
  const { cloud, time, guests } = createSimulatedCloud({
    seed,
    zones: ['ch-gva-2'],
    publicTemplates: [],
    quotas: { instance: quota },
    latencies: {
      bootMs: around(bootMedianMs / 5),
      acpiTimeoutMs: 2 * lameDuckMs,
      ...options.latencies,
    },
    switches: options.switches,
  });
  const good: Partial<Behaviour> = { bootMs: around((bootMedianMs * 4) / 5), lameDuckMs };
  const from = cloud.templates.add({ name: 'from', image: { ...good, bootMs: 1 } }).id;
  const to = cloud.templates.add({ name: 'to', image: { ...good, ...options.release } }).id;
  const third = cloud.templates.add({ name: 'third', image: good }).id;
  const zone = cloud.defaultZone;
  const poolId = createPool(cloud, zone, from, options);
  const serviceId = await createService(cloud, time, zone, poolId, options);
  const isReady = (): boolean =>
    cloud.loadBalancers.serving(serviceId).length === size &&
    cloud.pools.get(zone, poolId).state === 'running';
  await time.runUntil(isReady, 60 * minuteMs);
  return { cloud, time, guests, zone, poolId, serviceId, from, to, third, size, options };
}

function createPool(
  cloud: Cloud,
  zone: string,
  templateId: string,
  { size, minAvailable }: WorldOptions,
): string {
  const [type] = cloud.catalog.instanceTypes;
  const { referenceId } = cloud.pools.create(
    zone,
    {
      name: 'web',
      description: '',
      instancePrefix: 'web',
      minAvailable,
      isIpv6Enabled: false,
      templateId,
      instanceTypeId: type?.id ?? '',
      diskSizeGib: 10,
      securityGroupIds: [],
      antiAffinityGroupIds: [],
      elasticIpIds: [],
      privateNetworkIds: ['private-network'],
      sshKeyNames: [],
      publicIpAssignment: 'inet4',
      deployTargetId: 'deploy-target',
      userData: Buffer.from(canary).toString('base64'),
      labels: { team: 'web' },
    },
    size,
  );
  return referenceId;
}

async function createService(
  cloud: Cloud,
  time: World['time'],
  zone: string,
  poolId: string,
  { checkIntervalSeconds = 5 }: WorldOptions,
): Promise<string> {
  const { referenceId } = cloud.loadBalancers.create(zone, {
    name: 'front',
    description: '',
    labels: {},
  });
  await time.runUntil(() => cloud.loadBalancers.get(zone, referenceId).state === 'running');
  cloud.loadBalancers.addService(zone, referenceId, {
    name: 'http',
    description: '',
    poolId,
    port: 80,
    targetPort: 8080,
    protocol: 'tcp',
    strategy: 'round-robin',
    healthCheck: {
      mode: 'http',
      port: 8080,
      uri: '/healthz',
      intervalSeconds: checkIntervalSeconds,
      timeoutSeconds: 2,
      retries: 2,
    },
  });
  const services = () => cloud.loadBalancers.get(zone, referenceId).services;
  await time.runUntil(() => services().length === 1);
  return services()[0]?.id ?? '';
}
