import { canary } from '../../simulation/world.ts';
import { base, lie, type Mutation, worsen } from './mutation.ts';

/** Bugs in how a rollout is conducted: out of turn, without the lease, unannounced, untrue. */
export const conductMutations: readonly Mutation[] = [
  {
    name: 'changes a pool that is changing',
    breaks: ['S6'],
    scenario: base,
    // A lease that seems to have run out gives it a reason to.
    sabotage: lie((seen) =>
      seen.status === 'changing' && seen.annotations['exoship-until'] !== undefined
        ? {
            ...seen,
            status: 'steady',
            annotations: { ...seen.annotations, 'exoship-until': new Date(0).toISOString() },
          }
        : seen,
    ),
  },
  {
    name: 'sends every change twice at once',
    breaks: ['S6', 'S14'],
    scenario: base,
    sabotage: worsen((pool) => ({
      grow: async (size, options) => {
        await Promise.allSettled([pool.grow(size, options), pool.grow(size, options)]);
      },
    })),
  },
  {
    name: 'creates two canaries instead of one',
    breaks: ['S7'],
    scenario: { ...base, strategy: { kind: 'canary', approval: 'automatic' } },
    sabotage: worsen((pool) => ({ grow: async (size, options) => pool.grow(size + 1, options) })),
  },
  {
    name: 'does not look whose lease it is',
    breaks: ['S8'],
    scenario: { ...base, rival: { atMs: 30_000, wants: 'same' } },
    sabotage: {
      pool: (pool, _theatre, { witness }) => ({
        ...pool,
        observe: async (options) => {
          const seen = await pool.observe(options);
          if (seen.annotations['exoship-owner'] === undefined) return seen;
          return { ...seen, annotations: { ...seen.annotations, 'exoship-owner': witness.owner } };
        },
      }),
    },
  },
  {
    name: 'forgets a field of the pool in a PUT',
    breaks: ['S9'],
    scenario: base,
    sabotage: {
      pool: (pool, { world }) => ({
        ...pool,
        begin: async (template, annotations, options) => {
          await pool.begin(template, annotations, options);
          const { cloud, zone, poolId } = world;
          cloud.pools.update(zone, poolId, { labels: cloud.pools.get(zone, poolId).labels });
        },
      }),
    },
  },
  {
    name: 'leaves a member of the surge behind',
    breaks: ['S10'],
    scenario: base,
    sabotage: {
      pool: (pool, { world }) => {
        let isHidden = false;
        return {
          ...pool,
          observe: async (options) => {
            const seen = await pool.observe(options);
            return isHidden
              ? { ...seen, size: seen.size - 1, members: seen.members.slice(0, -1) }
              : seen;
          },
          settle: async (annotations, options) => {
            await pool.settle(annotations, options);
            const { cloud, zone, poolId, size } = world;
            if (isHidden || annotations['exoship-rollout'] !== undefined) return;
            isHidden = true;
            cloud.pools.scale(zone, poolId, size + 1);
          },
        };
      },
    },
  },
  {
    name: 'writes when there is nothing to control',
    breaks: ['S11'],
    scenario: base,
    sabotage: worsen((pool) => ({
      observe: async (options) => {
        const seen = await pool.observe(options);
        await pool.settle(seen.annotations, options);
        return seen;
      },
    })),
  },
  {
    name: 'reports success whatever happened',
    breaks: ['S12'],
    scenario: { ...base, release: 'never-healthy' },
    sabotage: { result: (result) => ({ ...result, outcome: 'completed' }) },
  },
  {
    name: 'tells the user data in an event',
    breaks: ['S13'],
    scenario: base,
    sabotage: {
      onEvent: (listener) => (event) =>
        listener(
          event.type === 'warning-raised' || event.type === 'rollout-start'
            ? ({ ...event, to: canary } as typeof event)
            : event,
        ),
    },
  },
  {
    name: 'does not announce what it changes',
    breaks: ['S14'],
    scenario: base,
    sabotage: {
      onEvent: (listener) => (event) => {
        if (event.type !== 'mutation-start' || event.call !== 'grow') listener(event);
      },
    },
  },
  {
    name: 'gives no reason for what it decides',
    breaks: ['S14'],
    scenario: base,
    sabotage: {
      onEvent: (listener) => (event) =>
        listener(event.type === 'decision-made' ? { ...event, reason: '' } : event),
    },
  },
];
