import type { Member, Observation } from '@exoship/rollout';
import type { Contender, Stage } from './contender.ts';
import { carryOut } from './follow.ts';
import { look, scale, setTemplate } from './scripted.ts';

interface Limits {
  readonly surge: number;
  readonly unavailable: number;
}

/**
 * The rolling update of Kubernetes' Deployment controller, and with other limits AWS's instance refresh: up as far as the
 * surge goes, else down as far as availability goes. Ready is what the balancer admits, at once and without a hold.
 */
function createSurgeLoop(
  name: string,
  strategy: string,
  limitsFor: (size: number) => Limits,
): Contender {
  return {
    name,
    strategy,
    isGated: false,
    run: async (stage) => {
      const limits = limitsFor(stage.world.size);
      await setTemplate(stage);
      while (!(await step(stage, limits))) await stage.world.time.clock.sleep(stage.policy.pollMs);
    },
  };
}

/** Resolves to whether nothing is left to do. */
async function step(stage: Stage, { surge, unavailable }: Limits): Promise<boolean> {
  const { size, to } = stage.world;
  const seen = await look(stage);
  if (seen.status !== 'steady') return false;
  const { fresh, old } = sort(seen, to);
  if (old.length === 0 && fresh.length === size) return true;
  const room = Math.min(size + surge - seen.size, size - fresh.length, await capacity(stage));
  if (room > 0) {
    await scale(stage, seen.size + room);
    return false;
  }
  const ready = seen.members.filter(isReady).length;
  const freshUnready = fresh.filter((member) => !isReady(member)).length;
  const least = size - unavailable;
  const budget = Math.min(seen.size - least - freshUnready, ready - least, old.length);
  if (budget > 0) await retire(stage, old.slice(0, budget));
  return false;
}

function sort({ members }: Observation, to: string) {
  return {
    fresh: members.filter(({ template }) => template === to),
    old: members.filter(({ template }) => template !== to),
  };
}

function isReady({ state, verdict }: Member): boolean {
  return state === 'running' && verdict === 'healthy';
}

async function capacity({ world, wire }: Stage): Promise<number> {
  return wire({ operation: 'get-quota', kind: 'read' }, () =>
    world.cloud.quotas.available('instance'),
  );
}

async function retire(stage: Stage, victims: readonly Member[]): Promise<void> {
  const { cloud, zone, poolId, time } = stage.world;
  for (const { id } of victims) {
    void carryOut(stage, 'stop-instance', () => cloud.instances.stop(zone, id));
  }
  await time.clock.sleep(stage.policy.drainMs);
  const ids = victims.map(({ id }) => id);
  await carryOut(stage, 'evict-instance-pool-members', () => cloud.pools.evict(zone, poolId, ids));
}

export const kubernetes: Contender = createSurgeLoop(
  'kubernetes',
  'surge 25 %, unavailable 25 %',
  (size) => ({
    surge: Math.ceil(size / 4),
    unavailable: Math.floor(size / 4),
  }),
);
/** At least one goes, whatever the percentage comes to. */
export const awsTerminateFirst: Contender = createSurgeLoop(
  'aws',
  'healthy 90 to 100 %',
  (size) => ({
    surge: 0,
    unavailable: Math.max(1, Math.floor(size / 10)),
  }),
);
export const awsLaunchFirst: Contender = createSurgeLoop('aws', 'healthy 100 to 200 %', (size) => ({
  surge: size,
  unavailable: 0,
}));
