import { type Case, type Docket, expectWell } from './docket.ts';
import { quiet, type Scenario, type WireFault } from './scenario.ts';

const kinds: readonly WireFault['kind'][] = [
  'cut-before',
  'cut-after',
  'operation-failure',
  'operation-lies',
];

/**
 * Small pools, every surge: every change fails in every way, alone and with every later one. A bad release has so many
 * changes more, leases that are renewed while its deadline runs out, that its pairs are left to a deep run.
 */
export async function proveExhaustively(
  docket: Docket,
  { seed, largest, isDeep }: ExhaustiveOptions,
): Promise<number> {
  let count = 0;
  for (const scenario of smallWorlds(seed, largest)) {
    const whole = await expectWell(docket, 'exhaustive', { scenario });
    const withPairs = isDeep || scenario.release === 'good';
    for (const faults of faultsAt(whole?.mutations ?? [], withPairs)) {
      count += 1;
      const one: Case = { scenario: { ...scenario, faults } };
      await expectWell(docket, 'exhaustive', one);
    }
  }
  return count;
}

export interface ExhaustiveOptions {
  readonly seed: number;
  /** Largest size and surge. */
  readonly largest: number;
  readonly isDeep: boolean;
}

function smallWorlds(seed: number, largest: number): readonly Scenario[] {
  const upTo = (most: number): number[] => Array.from({ length: most }, (_, index) => index + 1);
  return upTo(largest).flatMap((size) =>
    upTo(largest).flatMap((maxSurge) =>
      (['good', 'never-healthy'] as const).map((release) => ({
        ...quiet,
        seed: `exhaustive-${seed}`,
        size,
        quota: size + maxSurge,
        maxSurge,
        release,
        strategy: { kind: 'double' as const },
      })),
    ),
  );
}

function faultsAt(calls: readonly number[], withPairs: boolean): readonly (readonly WireFault[])[] {
  const single = calls.flatMap((call) => kinds.map((kind) => ({ call, kind })));
  if (!withPairs) return single.map((fault) => [fault]);
  const pairs = single.flatMap((first) =>
    single.filter(({ call }) => call > first.call).map((second) => [first, second]),
  );
  return [...single.map((fault) => [fault]), ...pairs];
}
