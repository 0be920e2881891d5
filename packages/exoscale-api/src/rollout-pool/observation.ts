import { ExoscaleError } from '../exoscale-error.ts';
import type { Instance } from '../instances.ts';
import type { LoadBalancer, LoadBalancerService } from '../load-balancer-views.ts';
import type { InstancePool } from '../pools.ts';
import { ownLabels } from './annotations.ts';
import type { BalancerCheck, Member, MemberState, Observation, Verdict } from './pool.ts';

interface NamedService extends LoadBalancerService {
  readonly balancer: string;
}

export interface Readings {
  readonly observedAt: Date;
  readonly pool: InstancePool;
  readonly instances: readonly Instance[];
  readonly loadBalancers: readonly LoadBalancer[];
}

/** One snapshot from what was read; pure. */
export function observation({ observedAt, pool, instances, loadBalancers }: Readings): Observation {
  const services = servicesOf(pool.id, loadBalancers);
  return {
    observedAt,
    ...status(pool),
    size: pool.size,
    template: pool.templateId,
    annotations: ownLabels(pool.labels),
    members: instances
      .filter((instance) => instance.state !== 'destroyed')
      .map((instance) => member(instance, services)),
    balancers: services.flatMap(balancerCheck),
  };
}

function status({
  state,
  managerType,
}: InstancePool): Pick<Observation, 'status' | 'statusDetail'> {
  if (managerType !== undefined && managerType !== 'instance-pool') {
    return { status: 'refused', statusDetail: `managed by ${managerType}` };
  }
  if (state === 'suspended' || state === 'destroying')
    return { status: 'refused', statusDetail: state };
  return { status: state === 'running' ? 'steady' : 'changing', statusDetail: state };
}

function servicesOf(
  poolId: string,
  loadBalancers: readonly LoadBalancer[],
): readonly NamedService[] {
  return loadBalancers
    .flatMap(({ name, services }) => services.map((service) => ({ ...service, balancer: name })))
    .filter((service) => service.poolId === poolId && service.state !== 'deleting');
}

function balancerCheck({ balancer, name, healthCheck }: NamedService): BalancerCheck[] {
  if (healthCheck === undefined) return [];
  const { uri, ...check } = healthCheck;
  return [{ name: `${balancer}/${name}`, path: uri, ...check }];
}

function member(instance: Instance, services: readonly NamedService[]): Member {
  const { id, name, publicIp } = instance;
  return {
    id,
    name,
    template: present(instance, 'templateId', 'template.id'),
    state: memberState(instance.state),
    address: publicIp,
    createdAt: present(instance, 'createdAt', 'created-at'),
    isProtected: false,
    verdict: verdict(publicIp, services),
  };
}

/** A state that is new to us is taken for one in which nothing is served yet: the gate then waits for `running`. */
function memberState(state: string): MemberState {
  switch (state) {
    case 'running':
    case 'migrating':
      return 'running';
    case 'stopping':
    case 'stopped':
      return state;
    case 'destroying':
    case 'expunging':
      return 'leaving';
    case 'error':
      return 'failed';
    default:
      return 'starting';
  }
}

/** By public IPv4, the only thing a service names members by. */
function verdict(publicIp: string | undefined, services: readonly NamedService[]): Verdict {
  if (services.length === 0) return 'none';
  const statuses = services.map(
    ({ health }) => health.find((entry) => entry.publicIp === publicIp)?.status,
  );
  if (statuses.includes('failure')) return 'unhealthy';
  return statuses.every((said) => said === 'success') ? 'healthy' : 'unknown';
}

function present<K extends 'templateId' | 'createdAt'>(
  instance: Instance,
  key: K,
  field: string,
): NonNullable<Instance[K]> {
  const value = instance[key];
  if (value !== undefined) return value;
  throw new ExoscaleError(
    `Cannot use the answer to "GET /instance": "${field}" of instance "${instance.id}" is not present`,
    { code: 'invalid-response', call: 'GET /instance' },
  );
}
