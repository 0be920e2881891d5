import type { Strategy } from '@exoship/rollout';
import type { Switches } from '@exoship/sandbox';
import fc from 'fast-check';
import type { Disturbance, Release, Scenario, WireFault } from './scenario.ts';

const strategies: readonly Strategy[] = [
  { kind: 'double' },
  { kind: 'double', proveFirst: true },
  { kind: 'exponential' },
  { kind: 'batch', size: 2 },
  { kind: 'one-by-one' },
  { kind: 'canary', approval: 'automatic', bakeTimeMs: 10_000 },
];

const releases: readonly Release[] = [
  'good',
  'good',
  'slow',
  'never-healthy',
  'flapping',
  'hangs',
  'dies',
];

const fault: fc.Arbitrary<WireFault> = fc.record({
  call: fc.integer({ min: 1, max: 200 }),
  kind: fc.constantFrom<WireFault['kind'][]>(
    'cut-before',
    'cut-after',
    'unavailable',
    'operation-failure',
    'operation-timeout',
    'operation-busy',
    'operation-partial',
    'operation-lies',
    'stall',
  ),
});

const disturbance: fc.Arbitrary<Disturbance> = fc.record({
  atMs: fc.integer({ min: 0, max: 200_000 }),
  kind: fc.constantFrom<Disturbance['kind'][]>(
    'delete-old',
    'delete-new',
    'stop-old',
    'grow',
    'shrink',
    'template',
    'quota',
  ),
});

/** Open questions about the cloud that no rollout may depend on. */
const switches: fc.Arbitrary<Partial<Switches>> = fc.record(
  {
    selfHealOnDelete: fc.boolean(),
    selfHealOnExit: fc.boolean(),
    scaleDownVictims: fc.constantFrom('oldest', 'newest', 'random'),
    evictDeregistersFirst: fc.boolean(),
    overlappingOperation: fc.constantFrom('conflict', 'failure', 'queue'),
    quotaExceeded: fc.constantFrom('refuse', 'failure', 'partial'),
    omittedFieldsOnPut: fc.constantFrom('keep', 'clear'),
    membersInheritLabels: fc.boolean(),
    stopIsAcpi: fc.boolean(),
    selfHealOnStop: fc.boolean(),
    evictOfStoppedMember: fc.constantFrom('allowed', 'conflict'),
    belowMinAvailable: fc.constantFrom('allowed', 'conflict'),
    putMergesLabels: fc.constantFrom('replace', 'merge'),
  },
  { requiredKeys: [] },
);

export const scenarioArbitrary: fc.Arbitrary<Scenario> = fc
  .record({
    luck: fc.integer({ min: 0, max: 2 ** 31 }),
    size: fc.integer({ min: 1, max: 4 }),
    room: fc.constantFrom(1, 2, 4),
    strategy: fc.constantFrom(...strategies),
    maxUnavailable: fc.constantFrom(0, 0, 1),
    hasFloor: fc.boolean(),
    release: fc.constantFrom(...releases),
    switches,
    faults: fc.array(fault, { maxLength: 5 }),
    disturbances: fc.oneof(
      { weight: 2, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(disturbance, { minLength: 1, maxLength: 2 }) },
    ),
    rival: fc.option(
      fc.record({
        atMs: fc.integer({ min: 0, max: 120_000 }),
        wants: fc.constantFrom<('same' | 'other' | 'abort')[]>('same', 'other', 'abort'),
      }),
      { nil: undefined, freq: 4 },
    ),
    stallMs: fc.integer({ min: 1_000, max: 300_000 }),
  })
  .map(({ luck, room, hasFloor, ...rest }) => ({
    ...rest,
    seed: String(luck),
    quota: rest.size + room,
    // More would forbid what `maxUnavailable` allows, or what somebody else shrinks the pool to.
    minAvailable:
      hasFloor && rest.disturbances.length === 0 ? rest.size - rest.maxUnavailable : undefined,
  }));
