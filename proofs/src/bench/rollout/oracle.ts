import type { Contender, Stage } from './contender.ts';
import { carryOut, until } from './follow.ts';

/**
 * The lower bound: waves as large as the quota allows, each change sent the moment it may be, because every readiness is
 * known when it happens. It polls nothing; the gate, the hold, the drain and the operations take what they take.
 */
export const oracle: Contender = {
  name: 'oracle',
  strategy: 'waves of what the quota leaves',
  isGated: true,
  run: async (stage) => {
    const { cloud, zone, poolId, size, to } = stage.world;
    await carryOut(stage, 'update-instance-pool', () =>
      cloud.pools.update(zone, poolId, { templateId: to, deployTargetId: 'deploy-target' }),
    );
    for (let left = size; left > 0; ) {
      const wave = Math.min(left, cloud.quotas.available('instance'));
      await replaceOldest(stage, wave);
      left -= wave;
    }
  },
};

async function replaceOldest(stage: Stage, count: number): Promise<void> {
  const { cloud, zone, poolId, size } = stage.world;
  const old = cloud.pools.members(poolId).filter(({ templateId }) => templateId !== stage.world.to);
  const victims = old.slice(0, count).map(({ id }) => id);
  const proof = provedAll(stage, count);
  await carryOut(stage, 'scale-instance-pool', () => cloud.pools.scale(zone, poolId, size + count));
  await proof;
  for (const id of victims) {
    // Sent side by side: nobody waits for them.
    void carryOut(stage, 'stop-instance', () => cloud.instances.stop(zone, id));
  }
  const isOn = (id: string): boolean => cloud.instances.get(zone, id).state === 'running';
  await until(stage, () => !victims.some(isOn));
  await stage.world.time.clock.sleep(stage.policy.drainMs);
  await until(stage, () => cloud.pools.get(zone, poolId).state === 'running');
  await carryOut(stage, 'evict-instance-pool-members', () =>
    cloud.pools.evict(zone, poolId, victims),
  );
  await until(
    stage,
    () =>
      cloud.pools.members(poolId).length === size &&
      cloud.pools.get(zone, poolId).state === 'running',
  );
}

/** A member is proved when it has been in the rotation for as long as the gate wants. */
async function provedAll(stage: Stage, count: number): Promise<void> {
  const { cloud, time, serviceId, poolId, to } = stage.world;
  const { holdMs, k, pollMs } = stage.policy;
  const before = new Set(cloud.loadBalancers.rotation(serviceId));
  const admitted = new Set<string>();
  const isNew = (id: string): boolean =>
    cloud.pools.members(poolId).some((one) => one.id === id && one.templateId === to);
  await until(stage, () => {
    for (const id of cloud.loadBalancers.rotation(serviceId)) {
      if (!before.has(id) && !admitted.has(id) && isNew(id)) admitted.add(id);
    }
    return admitted.size === count;
  });
  await time.clock.sleep(Math.max(holdMs, (k - 1) * pollMs));
  for (const id of admitted) stage.prove(id);
}
