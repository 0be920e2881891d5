import type { Death } from './mortal.ts';
import { type Played, play } from './play.ts';
import type { Scenario } from './scenario.ts';
import { createTally, type Invariant, invariants, type Tally, type Violation } from './tally.ts';

/** All that it takes to see a run again; plain data. */
export interface Case {
  readonly scenario: Scenario;
  readonly deaths?: readonly Death[];
}

export interface Failure extends Case {
  readonly part: string;
  readonly violations: readonly Violation[];
  /** One line for a shell. */
  readonly repeat: string;
}

export type Counts = Record<Invariant, { checked: number; violated: number }>;

/** Collects what all parts of the proof have found. */
export interface Docket {
  readonly counts: Counts;
  readonly failures: readonly Failure[];
  /** Plays a case under watch; `judge` adds what is expected of this one. Tells what was violated. */
  hear(
    one: Case,
    judge?: (played: Played, tally: Tally) => void,
  ): Promise<{ readonly played: Played | undefined; readonly violations: readonly Violation[] }>;
  /** For cases that failed; kept apart, so that a search for the smallest one counts once. */
  record(part: string, one: Case, violations: readonly Violation[]): void;
  absorb(tally: Tally): void;
  /** What another thread has found. */
  merge(other: Pick<Docket, 'counts' | 'failures'>): void;
}

export function createDocket(say: (line: string) => void, signal?: AbortSignal): Docket {
  const names = Object.keys(invariants) as Invariant[];
  const counts = Object.fromEntries(
    names.map((name) => [name, { checked: 0, violated: 0 }]),
  ) as Counts;
  const failures: Failure[] = [];

  function absorb(tally: Tally): void {
    for (const [name, count] of tally.checked) counts[name].checked += count;
  }

  function record(part: string, one: Case, violations: readonly Violation[]): void {
    const repeat = `pnpm prove rollout --replay '${JSON.stringify(one)}'`;
    failures.push({ part, ...one, violations, repeat });
    for (const name of new Set(violations.map(({ invariant }) => invariant))) {
      counts[name].violated += 1;
    }
    for (const { invariant, message } of violations.slice(0, 3)) {
      say(`${part}: ${invariant} violated: ${message}`);
    }
    say(`  repeat: ${repeat}`);
  }

  return {
    counts,
    failures,
    record,
    absorb,
    merge(other) {
      failures.push(...other.failures);
      for (const name of names) {
        counts[name].checked += other.counts[name].checked;
        counts[name].violated += other.counts[name].violated;
      }
    },
    async hear(one, judge) {
      signal?.throwIfAborted();
      const tally = createTally();
      let played: Played | undefined;
      try {
        played = await play(one.scenario, tally, { deaths: one.deaths });
        judge?.(played, tally);
      } catch (error) {
        tally.check('L1', false, () =>
          error instanceof Error ? (error.stack ?? '') : String(error),
        );
      }
      absorb(tally);
      return { played, violations: tally.violations };
    },
  };
}

/** Plays a case that must go well, and records it when it does not. */
export async function expectWell(
  docket: Docket,
  part: string,
  one: Case,
  judge?: (played: Played, tally: Tally) => void,
): Promise<Played | undefined> {
  const { played, violations } = await docket.hear(one, judge);
  if (violations.length > 0) docket.record(part, one, violations);
  return played;
}
