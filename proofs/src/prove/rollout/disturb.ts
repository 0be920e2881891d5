import type { World } from '../../simulation/world.ts';
import type { Disturbance } from './scenario.ts';

/** Books what somebody else does to the pool; what the cloud refuses them is their problem. */
export function disturb(world: World, disturbances: readonly Disturbance[]): void {
  for (const { atMs, kind } of disturbances) {
    world.cloud.after(atMs, () => {
      try {
        act(world, kind);
      } catch (error) {
        if (!(error instanceof Error && error.name === 'Refusal')) throw error;
      }
    });
  }
}

function act(world: World, kind: Disturbance['kind']): void {
  const { cloud, zone, poolId, third } = world;
  const { size } = cloud.pools.get(zone, poolId);
  const actions: Readonly<Record<Disturbance['kind'], () => unknown>> = {
    'delete-old': () => cloud.instances.delete(zone, pick(world, 'old')),
    'delete-new': () => cloud.instances.delete(zone, pick(world, 'new')),
    'stop-old': () => cloud.instances.stop(zone, pick(world, 'old')),
    grow: () => cloud.pools.scale(zone, poolId, size + 1),
    shrink: () => cloud.pools.scale(zone, poolId, Math.max(1, size - 1)),
    template: () => cloud.pools.update(zone, poolId, { templateId: third, ...echoed }),
    quota: () => cloud.quotas.setLimit('instance', world.size + 1),
  };
  actions[kind]();
}

/** Whoever does it knows what a PUT clears. */
const echoed = { privateNetworkIds: ['private-network'], deployTargetId: 'deploy-target' };

function pick({ cloud, poolId, from }: World, age: 'old' | 'new'): string {
  const found = cloud.pools
    .members(poolId)
    .find(
      ({ templateId, state }) => (templateId === from) === (age === 'old') && state === 'running',
    );
  return found?.id ?? '';
}
