import { quiet, type Scenario } from './scenario.ts';

/** Every way of going through a rollout, in the smallest pool that shows it. */
export const stories: Readonly<Record<string, Omit<Scenario, 'seed'>>> = {
  double: { ...quiet, size: 3, quota: 6, strategy: { kind: 'double' } },
  'one by one': { ...quiet, size: 2, quota: 4, strategy: { kind: 'one-by-one' } },
  'exponential in a tight quota': {
    ...quiet,
    size: 3,
    quota: 5,
    strategy: { kind: 'exponential' },
  },
  'batches of two': { ...quiet, size: 4, quota: 6, strategy: { kind: 'batch', size: 2 } },
  canary: {
    ...quiet,
    size: 2,
    quota: 4,
    strategy: { kind: 'canary', approval: 'automatic', bakeTimeMs: 10_000 },
  },
  'in place': { ...quiet, size: 2, quota: 2, maxUnavailable: 1, strategy: { kind: 'double' } },
  'above a floor': {
    ...quiet,
    size: 2,
    quota: 4,
    minAvailable: 2,
    strategy: { kind: 'double' },
  },
  'bad, doubled': {
    ...quiet,
    size: 3,
    quota: 6,
    release: 'never-healthy',
    strategy: { kind: 'double' },
  },
  'bad, one by one': {
    ...quiet,
    size: 2,
    quota: 3,
    release: 'never-healthy',
    strategy: { kind: 'one-by-one' },
  },
  'bad, in place': {
    ...quiet,
    size: 2,
    quota: 2,
    maxUnavailable: 1,
    release: 'never-healthy',
    strategy: { kind: 'double' },
  },
};
