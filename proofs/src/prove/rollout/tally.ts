/** What must hold: S are about safety, D about clients, L about getting there. */
export const invariants = {
  S1: 'No removal starts that leaves fewer members serving than the floor; undisturbed, the floor is never undercut',
  S2: 'Members, leaving ones included, stay within size plus surge, and instances within the quota',
  S3: 'Only members that were just seen, unprotected and not wanted are evicted',
  S4: 'No call shrinks the pool by its size',
  S5: 'Nothing that serves goes unless fresh proofs make up for it',
  S6: 'One change at a time, and none while the pool is changing',
  S7: 'No more members than surge and unavailability allow run a version that nobody has proved',
  S8: 'Whoever does not hold the lease changes nothing',
  S9: 'Nothing of the pool is changed but template and own labels',
  S10: 'The size is in the end what it was, or what somebody else made it; no surge is left over',
  S11: 'Controls do nothing when no rollout is under way',
  S12: 'The outcome is the truth',
  S13: 'No event, label or reason tells a secret',
  S14: 'Every change is announced, with its reason and observation, before it is made',
  D1: 'Where draining works, every request is answered, whichever controllers die',
  D2: 'Where draining works, no connection ends that a request may be under way on',
  L1: 'Once faults cease, an end is reached',
  L3: 'After a crash the same end is reached',
  L4: 'A finished rollout, run again, changes nothing',
  L5: 'A bad version is rolled back',
} as const;

export type Invariant = keyof typeof invariants;

export interface Violation {
  readonly invariant: Invariant;
  readonly message: string;
}

/** Counts what was checked, and keeps what did not hold. */
export interface Tally {
  check(invariant: Invariant, holds: boolean, message: () => string): void;
  readonly violations: readonly Violation[];
  readonly checked: ReadonlyMap<Invariant, number>;
}

export function createTally(): Tally {
  const violations: Violation[] = [];
  const checked = new Map<Invariant, number>();
  return {
    violations,
    checked,
    check(invariant, holds, message) {
      checked.set(invariant, (checked.get(invariant) ?? 0) + 1);
      if (!holds) violations.push({ invariant, message: message() });
    },
  };
}
