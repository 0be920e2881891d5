import { base, lie, type Mutation, worsen } from './mutation.ts';

/** Bugs in where a rollout ends: never, elsewhere, not for good, or with a bad version. */
export const endMutations: readonly Mutation[] = [
  {
    name: 'says that it evicts and does not',
    breaks: ['L1'],
    scenario: base,
    sabotage: worsen(() => ({ evict: async () => undefined })),
  },
  {
    name: 'goes back where its predecessor was killed on the way',
    breaks: ['L3'],
    scenario: base,
    deaths: [{ call: 30, when: 'after-effect' }],
    sabotage: {
      pool: (pool, { started }) => ({
        ...pool,
        observe: async (options) => {
          const seen = await pool.observe(options);
          if (started === 1 || seen.annotations['exoship-phase'] === undefined) return seen;
          const annotations = { ...seen.annotations, 'exoship-phase': 'rolling-back' };
          return { ...seen, annotations };
        },
      }),
    },
  },
  {
    name: 'begins anew what is finished',
    breaks: ['L4'],
    scenario: base,
    sabotage: lie((seen) =>
      seen.annotations['exoship-last'] !== undefined &&
      seen.annotations['exoship-rollout'] === undefined
        ? { ...seen, template: 'another' }
        : seen,
    ),
  },
  {
    name: 'takes a bad version for a good one',
    breaks: ['L5'],
    scenario: { ...base, release: 'never-healthy' },
    sabotage: {
      ...lie((seen) => ({
        ...seen,
        members: seen.members.map((member) => ({ ...member, verdict: 'healthy' as const })),
      })),
      probe: () => async () => ({ passed: true, detail: 'not asked' }),
    },
  },
];
