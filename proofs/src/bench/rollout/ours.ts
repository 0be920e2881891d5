import { type RolloutEvent, rollout, type Strategy } from '@exoship/rollout';
import { createModelPool } from '../../simulation/model-pool.ts';
import type { Contender } from './contender.ts';

export type StrategyKind = Strategy['kind'];

const strategies: Readonly<Record<StrategyKind, Strategy>> = {
  double: { kind: 'double' },
  exponential: { kind: 'exponential' },
  batch: { kind: 'batch' },
  'one-by-one': { kind: 'one-by-one' },
  canary: { kind: 'canary', approval: 'automatic' },
};

/** Names of our strategies, the default first. */
export const ourStrategies: readonly StrategyKind[] = [
  'double',
  'exponential',
  'batch',
  'one-by-one',
  'canary',
];

/** The real executor, over the model. */
export function createOurs(kind: StrategyKind): Contender {
  return {
    name: 'ours',
    strategy: kind,
    isGated: true,
    run: async ({ world, wire, policy, prove }) => {
      const { time, guests, to } = world;
      let created = 0;
      const onEvent = (event: RolloutEvent): void => {
        if (event.type === 'member-proved') prove(event.member);
      };
      await rollout(createModelPool(world, wire), {
        template: to,
        strategy: strategies[kind],
        maxUnavailable: 0,
        probe: async ({ id }) => ({ passed: guests.isHealthy(id), detail: 'simulated' }),
        gate: {
          successes: policy.k,
          intervalMs: policy.pollMs,
          minHealthyTimeMs: policy.holdMs,
          healthyDeadlineMs: 900_000,
        },
        exclusive: true,
        createId: () => {
          created += 1;
          return `id-${created}`;
        },
        clock: time.clock,
        onEvent,
      });
    },
  };
}
