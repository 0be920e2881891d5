import type { Member } from '@exoship/rollout';
import type { Sabotage } from './controller.ts';
import { base, lie, type Mutation, oneByOne, worsen } from './mutation.ts';

function everyMember(change: (member: Member) => Member): Sabotage {
  return lie((seen) => ({ ...seen, members: seen.members.map(change) }));
}

/** Bugs in what becomes of members: too many, the wrong ones, too early. */
export const memberMutations: readonly Mutation[] = [
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
    name: 'pulls the plug instead of draining',
    breaks: ['D1', 'D2'],
    scenario: base,
    sabotage: {
      pool: (pool, { world }) => ({
        ...pool,
        drain: async ({ id }) => void world.cloud.instances.delete(world.zone, id),
      }),
    },
  },
  {
    name: 'does not wait for requests under way',
    breaks: ['D2'],
    scenario: base,
    sabotage: lie((seen) => ({
      ...seen,
      balancers: seen.balancers.map((check) => ({ ...check, intervalMs: 1, timeoutMs: 1 })),
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
];
