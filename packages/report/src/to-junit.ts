import {
  assertSuite,
  type CaseOutcome,
  outcomeOf,
  type TestCase,
  type TestSuite,
} from './test-suite.ts';
import { element } from './xml.ts';

/**
 * JUnit XML as GitLab's `artifacts:reports:junit` reads it: one `testsuite` within `testsuites`, times in seconds.
 *
 * @throws RangeError for a duration that is negative or not finite.
 */
export function toJUnit(suite: TestSuite): string {
  assertSuite(suite);
  const { name, durationMs, startedAt, cases } = suite;
  const counts = {
    tests: cases.length,
    failures: countOf(cases, 'failed'),
    errors: 0,
    skipped: countOf(cases, 'skipped'),
    time: seconds(durationMs),
  };
  const { skipped: _, ...totals } = counts;
  const testsuite = element(
    'testsuite',
    { name, ...counts, timestamp: startedAt?.toISOString() },
    cases.map((testCase) => testcase(testCase, name)),
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('testsuites', { name, ...totals }, [testsuite])}\n`;
}

function testcase(testCase: TestCase, suiteName: string): string {
  const { name, classname = suiteName, durationMs, failure, skipped, output } = testCase;
  const outcome = outcomeOf(testCase);
  return element('testcase', { name, classname, time: seconds(durationMs) }, [
    failure && element('failure', { message: failure.message }, failure.detail),
    outcome === 'skipped' ? element('skipped', { message: skipped }) : undefined,
    output === undefined ? undefined : element('system-out', {}, output),
  ]);
}

function countOf(cases: readonly TestCase[], outcome: CaseOutcome): number {
  return cases.filter((testCase) => outcomeOf(testCase) === outcome).length;
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(3);
}
