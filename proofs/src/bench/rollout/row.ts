import type { Policy } from './contender.ts';
import type { Played } from './play.ts';

export interface Percentiles {
  readonly p50: number | null;
  readonly p99: number | null;
}

export interface Cell {
  readonly controller: string;
  readonly strategy: string;
  readonly n: number;
  readonly quota: number;
  readonly bootMedianMs: number;
  readonly victims: string;
  readonly policy: Policy;
}

/** One combination, over all its seeds. */
export interface Row extends Cell {
  readonly runs: number;
  /** Until it knew, or else the cloud did, that as many new members serve as there were old ones. */
  readonly wallToNewMs: Percentiles;
  /** Until nothing but that is left; `null` when that never came. */
  readonly wallToCleanMs: Percentiles;
  /** Of the same seed's oracle. */
  readonly ratioToOracle: { readonly toNew: Percentiles; readonly toClean: Percentiles };
  /** Over all runs. */
  readonly dropped: number;
  readonly errorsFromUnproven: number;
  /** Of the worst run. */
  readonly minServing: number;
  /** A run. */
  readonly oldLeft: number;
  readonly correctShare: number;
  readonly surplusInstanceMinutes: number;
  /** Of the worst run. */
  readonly peak: number;
  /** A run. */
  readonly apiCalls: {
    readonly reads: number;
    readonly mutations: number;
    /** One a member that is drained; not among the mutations, which are those of the pool. */
    readonly drains: number;
    /** Without the one that begins and the one that ends; of the worst run. */
    readonly mutationsAGeneration: number;
    /** A generation, beyond three and one for every half lease that it outlasts: a lease is renewed so often. */
    readonly unexpectedMutations: number;
  };
}

export function rowOf(
  cell: Cell,
  played: readonly Played[],
  oracles: readonly (Played | undefined)[],
): Row {
  const ratio = (wall: 'toNewMs' | 'toCleanMs'): Percentiles =>
    percentiles(played.map((run, index) => divide(run[wall], oracles[index]?.[wall])));
  return {
    ...cell,
    runs: played.length,
    wallToNewMs: percentiles(played.map(({ toNewMs }) => toNewMs)),
    wallToCleanMs: percentiles(played.map(({ toCleanMs }) => toCleanMs)),
    ratioToOracle: { toNew: ratio('toNewMs'), toClean: ratio('toCleanMs') },
    dropped: sum(played.map(({ dropped }) => dropped)),
    errorsFromUnproven: sum(played.map(({ errorsFromUnproven }) => errorsFromUnproven)),
    minServing: Math.min(...played.map(({ minServing }) => minServing)),
    oldLeft: mean(played.map(({ oldLeft }) => oldLeft)),
    correctShare: mean(played.map(({ isCorrect }) => Number(isCorrect))),
    surplusInstanceMinutes: mean(played.map(({ surplusMinutes }) => surplusMinutes)),
    peak: Math.max(...played.map(({ peak }) => peak)),
    apiCalls: {
      reads: mean(played.map(({ reads }) => reads)),
      mutations: mean(played.map(({ mutations }) => mutations)),
      drains: mean(played.map(({ drains }) => drains)),
      mutationsAGeneration: round(Math.max(0, ...played.map(mutationsAGeneration))),
      unexpectedMutations: round(Math.max(0, ...played.map(unexpectedMutations))),
    },
  };
}

/** One that may write a new lease, one that grows, one that evicts. */
const MUTATIONS_A_GENERATION = 3;
/** The default of `rollout`. */
const leaseMs = 300_000;

function mutationsAGeneration({ mutations, generations }: Played): number {
  return (mutations - 2) / Math.max(1, generations);
}

function unexpectedMutations(run: Played): number {
  const { toCleanMs = 0, generations } = run;
  const renewals = Math.floor(toCleanMs / (leaseMs / 2)) / Math.max(1, generations);
  return mutationsAGeneration(run) - MUTATIONS_A_GENERATION - renewals;
}

function divide(one: number | undefined, by: number | undefined): number | undefined {
  return one === undefined || by === undefined ? undefined : one / by;
}

/** Nearest rank, over the runs in which it happened at all. */
function percentiles(values: readonly (number | undefined)[]): Percentiles {
  const sorted = values.filter((value) => value !== undefined).toSorted((a, b) => a - b);
  const at = (share: number): number | null => {
    const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
    return value === undefined ? null : round(value);
  };
  return { p50: at(0.5), p99: at(0.99) };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function mean(values: readonly number[]): number {
  return round(sum(values) / Math.max(1, values.length));
}

function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
