import type { Exoscale } from '@exoship/exoscale-api';
import type { Sandbox } from '@exoship/sandbox';

export interface World {
  readonly poolId: string;
  readonly serviceId: string;
  /** Where clients connect to. */
  readonly address: string;
  readonly port: number;
}

export interface WorldOptions {
  readonly templateId: string;
  readonly poolSize: number;
  readonly appPort: number;
  readonly sandbox: Pick<Sandbox, 'cloud'>;
  readonly signal: AbortSignal;
}

const HEALTH_CHECK_INTERVAL_MS = 5_000;
const HEALTH_CHECK_TIMEOUT_MS = 2_000;
const SERVING_DEADLINE_MS = 60_000;

/** What the pipeline finds when it comes to deploy: a pool of version A behind a load balancer, made over the API. */
export async function makeWorld(exoscale: Exoscale, options: WorldOptions): Promise<World> {
  const { templateId, poolSize, appPort } = options;
  const type = await exoscale.instanceTypes.find('standard.tiny');
  const group = await exoscale.securityGroups.findByName('hello');
  if (type === undefined || group === undefined) {
    throw new RangeError('The sandbox lacks the instance type standard.tiny or the group hello');
  }
  const pool = await exoscale.pools.create({
    name: 'hello-app',
    size: poolSize,
    templateId,
    instanceTypeId: type.id,
    diskSizeGib: 10,
    securityGroupIds: [group.id],
  });
  const balancer = await exoscale.loadBalancers.create({ name: 'hello' });
  await exoscale.loadBalancers.addService(balancer.id, {
    name: 'http',
    poolId: pool.id,
    port: appPort,
    targetPort: appPort,
    healthCheck: {
      mode: 'http',
      port: appPort,
      uri: '/healthz',
      intervalMs: HEALTH_CHECK_INTERVAL_MS,
      timeoutMs: HEALTH_CHECK_TIMEOUT_MS,
      retries: 1,
    },
  });
  const { ip, services } = await exoscale.loadBalancers.get(balancer.id);
  const [service] = services;
  if (ip === undefined || service === undefined) {
    throw new RangeError('The load balancer has no address or no service');
  }
  await untilServing(options, service.id);
  return { poolId: pool.id, serviceId: service.id, address: ip, port: appPort };
}

/** The load must not start before every member of version A has been admitted. */
async function untilServing(
  { sandbox, poolSize, signal }: WorldOptions,
  serviceId: string,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const check = (): void => {
    const service = sandbox.cloud.snapshot().services.find(({ id }) => id === serviceId);
    if ((service?.serving.length ?? 0) >= poolSize) resolve();
  };
  const unsubscribe = sandbox.cloud.subscribe(check);
  const timeout = setTimeout(
    () => reject(new RangeError(`Version A did not serve within ${SERVING_DEADLINE_MS} ms`)),
    SERVING_DEADLINE_MS,
  );
  const abort = (): void => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  check();
  try {
    await promise;
  } finally {
    clearTimeout(timeout);
    unsubscribe();
    signal.removeEventListener('abort', abort);
  }
}
