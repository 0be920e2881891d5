import type { Member, MemberState, Observation } from '@exoship/rollout';
import { ownLabels } from './model-labels.ts';
import type { World } from './world.ts';

const states: Readonly<Record<string, MemberState>> = {
  starting: 'starting',
  running: 'running',
  stopping: 'stopping',
  stopped: 'stopped',
  destroying: 'leaving',
};

/** The model's pool as the Exoscale adapter reads it from three answers. */
export function observeModel({ cloud, zone, poolId, serviceId }: World): Observation {
  const pool = cloud.pools.get(zone, poolId);
  const statuses = new Map(
    cloud.loadBalancers.statuses(serviceId).map(({ instanceId, status }) => [instanceId, status]),
  );
  const verdicts = { success: 'healthy', failure: 'unhealthy' } as const;
  const member = ({ id, name, templateId, state, address, createdAt }: Instance): Member => {
    const status = statuses.get(id);
    const verdict = status === undefined ? 'unknown' : verdicts[status];
    const isProtected = false;
    const shown = states[state] ?? 'starting';
    return {
      id,
      name,
      template: templateId,
      state: shown,
      address,
      createdAt,
      isProtected,
      verdict,
    };
  };
  return {
    observedAt: cloud.now(),
    status:
      pool.state === 'destroying' ? 'refused' : pool.state === 'running' ? 'steady' : 'changing',
    statusDetail: pool.state,
    size: pool.size,
    template: pool.templateId,
    annotations: ownLabels(pool.labels),
    members: cloud.pools.members(poolId).map(member),
    balancers: balancersOf(cloud, zone, poolId),
  };
}

type Instance = ReturnType<World['cloud']['pools']['members']>[number];

function balancersOf(
  cloud: World['cloud'],
  zone: string,
  poolId: string,
): Observation['balancers'] {
  return cloud.loadBalancers.list(zone).flatMap((balancer) =>
    balancer.services
      .filter((service) => service.poolId === poolId)
      .map(({ name, healthCheck }) => ({
        name: `${balancer.name}/${name}`,
        mode: healthCheck.mode,
        port: healthCheck.port,
        path: healthCheck.uri,
        intervalMs: healthCheck.intervalSeconds * 1000,
        timeoutMs: healthCheck.timeoutSeconds * 1000,
        retries: healthCheck.retries,
      })),
  );
}
