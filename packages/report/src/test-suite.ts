/** One thing that was tried, in the words of the one who reads the report. */
export interface TestCase {
  readonly name: string;
  /** Groups cases in GitLab's and Jenkins' views. @default the name of the suite */
  readonly classname?: string | undefined;
  readonly durationMs: number;
  /** Present when the case failed. */
  readonly failure?:
    | {
        /** One line. */
        readonly message: string;
        /** Everything else that helps: the last answers, expected and actual. */
        readonly detail: string;
      }
    | undefined;
  /** Why the case did not run; a failure wins. */
  readonly skipped?: string | undefined;
  /** Shown whatever the outcome. */
  readonly output?: string | undefined;
}

export interface TestSuite {
  readonly name: string;
  readonly durationMs: number;
  readonly startedAt?: Date | undefined;
  readonly cases: readonly TestCase[];
}

export type CaseOutcome = 'passed' | 'failed' | 'skipped';

export function outcomeOf({ failure, skipped }: TestCase): CaseOutcome {
  if (failure !== undefined) return 'failed';
  return skipped === undefined ? 'passed' : 'skipped';
}

/**
 * @throws TypeError when there is no list of cases; RangeError: a duration that no clock measures would make the whole
 * file unreadable to some parsers.
 */
export function assertSuite(suite: TestSuite): void {
  if (!Array.isArray(suite?.cases)) throw new TypeError('A suite must have a list of "cases"');
  for (const { name, durationMs } of [suite, ...suite.cases]) {
    if (!(durationMs >= 0 && durationMs < Number.POSITIVE_INFINITY)) {
      throw new RangeError(`Cannot report "${name}": its duration is ${durationMs} ms`);
    }
  }
}
