import type { Exoscale } from '@exoship/exoscale-api';

export interface BalancedPool {
  readonly poolId: string;
  readonly serviceId: string;
  /** Where clients connect to. */
  readonly address: string;
}

export interface BalancedPoolRequest {
  readonly name: string;
  readonly size: number;
  readonly templateId: string;
  /** Of the members, and of the load balancer. */
  readonly port: number;
  readonly securityGroup?: string;
  /** Of the health check, and its timeout; a sandbox may take less than the real cloud does. @default 5_000 and 2_000 */
  readonly check?: { readonly intervalMs: number; readonly timeoutMs: number };
}

const quickestCheck = { intervalMs: 5_000, timeoutMs: 2_000 };

/** An instance pool behind a load balancer, made over the API; the health check is as quick as the cloud allows. */
export async function createBalancedPool(
  exoscale: Exoscale,
  { name, size, templateId, port, securityGroup, check = quickestCheck }: BalancedPoolRequest,
): Promise<BalancedPool> {
  const type = await exoscale.instanceTypes.find('standard.tiny');
  const group = securityGroup && (await exoscale.securityGroups.findByName(securityGroup));
  const pool = await exoscale.pools.create({
    name,
    size,
    templateId,
    instanceTypeId: type?.id ?? '',
    diskSizeGib: 10,
    ...(group && { securityGroupIds: [group.id] }),
  });
  const balancer = await exoscale.loadBalancers.create({ name });
  await exoscale.loadBalancers.addService(balancer.id, {
    name: 'http',
    poolId: pool.id,
    port,
    targetPort: port,
    healthCheck: {
      mode: 'http',
      port,
      uri: '/healthz',
      retries: 1,
      ...check,
    },
  });
  const { ip, services } = await exoscale.loadBalancers.get(balancer.id);
  const [service] = services;
  if (ip === undefined || service === undefined) {
    throw new RangeError('The load balancer has no address or no service');
  }
  return { poolId: pool.id, serviceId: service.id, address: ip };
}
