import { printableLine } from './printable.ts';
import { assertSuite, outcomeOf, type TestCase, type TestSuite } from './test-suite.ts';

/**
 * TAP version 14. The diagnostics of a case are YAML whose values are JSON strings, which every YAML parser reads.
 *
 * @throws RangeError for a duration that is negative or not finite.
 */
export function toTap(suite: TestSuite): string {
  assertSuite(suite);
  const lines = [
    'TAP version 14',
    `# ${printableLine(suite.name)}`,
    `1..${suite.cases.length}`,
    ...suite.cases.flatMap((testCase, index) => [
      testLine(testCase, index + 1),
      ...diagnostics(testCase).map((line) => `  ${line}`),
    ]),
  ];
  return `${lines.join('\n')}\n`;
}

function testLine(testCase: TestCase, number: number): string {
  const outcome = outcomeOf(testCase);
  const word = outcome === 'failed' ? 'not ok' : 'ok';
  const directive = outcome === 'skipped' ? ` # SKIP ${escaped(testCase.skipped ?? '')}` : '';
  return `${word} ${number} - ${escaped(testCase.name)}${directive}`;
}

function diagnostics({ durationMs, failure, output }: TestCase): string[] {
  const values = {
    duration_ms: durationMs,
    message: failure?.message,
    detail: failure?.detail,
    output,
  };
  const present = Object.entries(values).filter(([, value]) => value !== undefined);
  return ['---', ...present.map(([key, value]) => `${key}: ${yamlValue(value)}`), '...'];
}

function yamlValue(value: string | number | undefined): string {
  const wellFormed = typeof value === 'string' ? value.toWellFormed() : value;
  return JSON.stringify(wellFormed).replaceAll(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    escapeCode,
  );
}

/** YAML calls these line breaks or not printable, JSON lets them through. */
function escapeCode(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** A `#` would start a directive. */
function escaped(text: string): string {
  return printableLine(text).replaceAll(/[\\#]/g, '\\$&');
}
