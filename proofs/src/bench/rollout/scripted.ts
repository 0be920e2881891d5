import type { Observation } from '@exoship/rollout';
import { observeModel } from '../../simulation/observe-model.ts';
import type { Contender, Stage } from './contender.ts';
import { carryOut } from './follow.ts';

const minuteMs = 60_000;

/** Double, wait a minute, halve: which members the last step removes is not for it to say. */
export const article: Contender = {
  name: 'article',
  strategy: 'double, sleep 60 s, halve',
  isGated: false,
  run: async (stage) => {
    const { size, time } = stage.world;
    await setTemplate(stage);
    await scale(stage, 2 * size);
    await time.clock.sleep(minuteMs);
    await scale(stage, size);
  },
};

/** One more, wait a minute, remove an old one by its id; no gate, no drain. */
export const naive: Contender = {
  name: 'naive',
  strategy: 'one more, sleep 60 s, evict one',
  isGated: false,
  run: async (stage) => {
    const { cloud, zone, poolId, size, time } = stage.world;
    const { members } = await look(stage);
    await setTemplate(stage);
    for (const { id } of members) {
      await scale(stage, size + 1);
      await time.clock.sleep(minuteMs);
      await untilSteady(stage);
      await carryOut(stage, 'evict-instance-pool-members', () =>
        cloud.pools.evict(zone, poolId, [id]),
      );
      await untilSteady(stage);
    }
  },
};

export async function setTemplate(stage: Stage): Promise<void> {
  const { cloud, zone, poolId, to } = stage.world;
  await carryOut(stage, 'update-instance-pool', () =>
    cloud.pools.update(zone, poolId, { templateId: to, deployTargetId: 'deploy-target' }),
  );
}

export async function scale(stage: Stage, size: number): Promise<void> {
  const { cloud, zone, poolId } = stage.world;
  await untilSteady(stage);
  await carryOut(stage, 'scale-instance-pool', () => cloud.pools.scale(zone, poolId, size));
}

/** The official client, too, waits for the pool to be at rest: a change of a busy one is refused. */
async function untilSteady(stage: Stage): Promise<void> {
  const { clock } = stage.world.time;
  while ((await look(stage)).status !== 'steady') await clock.sleep(stage.policy.pollMs);
}

/** Pool, members and balancer: three reads. */
export async function look({ world, wire }: Stage): Promise<Observation> {
  for (const operation of ['get-instance-pool', 'list-load-balancers']) {
    void wire({ operation, kind: 'read' }, () => undefined);
  }
  return wire({ operation: 'list-instances', kind: 'read' }, () => observeModel(world));
}
