import type { Clock } from './clock.ts';
import { ProvenanceError } from './error.ts';
import type { Digests, Statement } from './statement.ts';

/** What the statement has to be about. */
export interface ExpectedSubject {
  readonly name: string;
  /** All of them must be in the statement, and be the same. */
  readonly digests: Digests;
}

/** Clocks of two machines of one cloud differ by less. */
const SKEW_MS = 5 * 60_000;

/** @throws ProvenanceError `wrong-subject`, `wrong-digest`, `expired` */
export function checkStatement(
  statement: Statement,
  expected: ExpectedSubject,
  { maxAgeMs, clock }: { readonly maxAgeMs: number | undefined; readonly clock: Clock },
): void {
  const subject = statement.subject.find(({ name }) => name === expected.name);
  if (subject === undefined) {
    const names = statement.subject.map(({ name }) => `"${name}"`).join(', ');
    throw new ProvenanceError(
      'wrong-subject',
      `It is about ${names}, not about "${expected.name}"`,
    );
  }
  for (const [algorithm, digest] of Object.entries(expected.digests)) {
    const stated = subject.digest?.[algorithm];
    if (stated === digest) continue;
    throw new ProvenanceError(
      'wrong-digest',
      `It states the ${algorithm} "${stated ?? 'none'}" for "${expected.name}", which has "${digest}"`,
    );
  }
  assertAge(statement.predicate.runDetails.metadata.finishedOn, maxAgeMs, clock);
}

function assertAge(finishedOn: string, maxAgeMs: number | undefined, clock: Clock): void {
  const ageMs = clock.now().getTime() - Date.parse(finishedOn);
  if (ageMs < -SKEW_MS) {
    throw new ProvenanceError('expired', `It is of ${finishedOn}, which has not come yet`);
  }
  if (maxAgeMs === undefined || ageMs <= maxAgeMs) return;
  const hours = (ms: number) => `${(ms / 3_600_000).toFixed(1)} h`;
  throw new ProvenanceError(
    'expired',
    `It is of ${finishedOn}: ${hours(ageMs)} old, and may be ${hours(maxAgeMs)} at most`,
  );
}
