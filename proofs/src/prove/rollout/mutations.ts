import type { Member, Observation, Pool } from '@exoship/rollout';
import { canary } from '../../simulation/world.ts';
import type { Sabotage } from './controller.ts';
import type { Scenario } from './scenario.ts';
import { quiet } from './scenario.ts';
import type { Invariant } from './tally.ts';

/** A bug on purpose, and the invariants that must notice it. */
export interface Mutation {
  readonly name: string;
  readonly breaks: readonly Invariant[];
  readonly scenario: Scenario;
  readonly sabotage: Sabotage;
}

const base: Scenario = {
  ...quiet,
  seed: 'mutation',
  size: 3,
  quota: 8,
  strategy: { kind: 'double' },
};
const oneByOne: Scenario = { ...base, strategy: { kind: 'one-by-one' } };

/** Replaces some of the pool's methods by worse ones. */
function worsen(change: (pool: Required<Pool>) => Partial<Required<Pool>>): Sabotage {
  return { pool: (pool) => ({ ...pool, ...change(pool) }) };
}

function lie(change: (seen: Observation) => Observation): Sabotage {
  return worsen((pool) => ({ observe: async (options) => change(await pool.observe(options)) }));
}

function everyMember(change: (member: Member) => Member): Sabotage {
  return lie((seen) => ({ ...seen, members: seen.members.map(change) }));
}

export const mutations: readonly Mutation[] = [
  {
    name: 'evicts an old member while it grows',
    breaks: ['S1', 'S5'],
    scenario: base,
    sabotage: worsen((pool) => ({
      grow: async (size, options) => {
        const { members } = await pool.observe();
        await pool.evict([members[0]?.id ?? ''], options);
        await pool.grow(size, options);
      },
    })),
  },
  {
    name: 'drains one more than was decided',
    breaks: ['S1'],
    scenario: oneByOne,
    sabotage: worsen((pool) => ({
      drain: async (member, options) => {
        await pool.drain(member, options);
        const { members } = await pool.observe();
        const next = members.find(({ id, state }) => id !== member.id && state === 'running');
        if (next !== undefined) await pool.drain(next, options);
      },
    })),
  },
  {
    name: 'grows by one more than surge allows',
    breaks: ['S2'],
    scenario: oneByOne,
    sabotage: worsen((pool) => ({ grow: async (size, options) => pool.grow(size + 1, options) })),
  },
  {
    name: 'evicts one too many',
    breaks: ['S3'],
    scenario: base,
    sabotage: worsen((pool) => ({
      evict: async (ids, options) => {
        const { members } = await pool.observe();
        const extra = members.find(({ id }) => !ids.includes(id))?.id ?? '';
        await pool.evict([...ids, extra], options);
      },
    })),
  },
  {
    name: 'evicts an id that was never observed',
    breaks: ['S3'],
    scenario: base,
    sabotage: worsen((pool) => ({
      evict: async (ids, options) => pool.evict([...ids, 'unheard-of'], options),
    })),
  },
  {
    name: 'takes new members for old ones',
    breaks: ['S3'],
    scenario: base,
    sabotage: worsen((pool) => ({
      evict: async (ids, options) => {
        const { members, template } = await pool.observe();
        const fresh = members.filter((member) => member.template === template);
        await pool.evict(
          fresh.slice(0, ids.length).map(({ id }) => id),
          options,
        );
      },
    })),
  },
  {
    name: 'shrinks by size instead of evicting',
    breaks: ['S4'],
    scenario: base,
    sabotage: worsen((pool) => ({
      evict: async (ids, options) => {
        const { size } = await pool.observe();
        await pool.grow(size - ids.length, options);
      },
    })),
  },
  {
    name: 'believes in members without a probe',
    breaks: ['S5'],
    scenario: { ...base, release: 'slow' },
    sabotage: {
      ...everyMember((member) =>
        member.state === 'running' ? { ...member, verdict: 'healthy' } : member,
      ),
      probe: () => async () => ({ passed: true, detail: 'not asked' }),
    },
  },
  {
    name: 'ignores the balancer',
    breaks: ['S5'],
    scenario: { ...base, release: 'never-healthy' },
    sabotage: {
      ...everyMember((member) => ({ ...member, verdict: 'none' })),
      probe: () => async () => ({ passed: true, detail: 'not asked' }),
    },
  },
  {
    name: 'changes a pool that is changing',
    breaks: ['S6'],
    scenario: base,
    sabotage: lie((seen) => ({ ...seen, status: 'steady' })),
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
