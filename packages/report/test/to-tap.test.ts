import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { type TestSuite, toTap } from '../src/index.ts';
import { anySuite, carried, smokeSuite } from './suites.ts';

interface TapResult {
  readonly isOk: boolean;
  readonly description: string;
  readonly skip: string | undefined;
  readonly values: Record<string, unknown>;
}

/** Just enough of TAP 14 to read our own files; anything else throws. */
function parse(tap: string): { comment: string; plan: number; results: TapResult[] } {
  const [version, comment = '', plan = '', ...lines] = tap.split('\n');
  expect([version, lines.pop()]).toEqual(['TAP version 14', '']);
  const results: TapResult[] = [];
  for (let line = lines.shift(); line !== undefined; line = lines.shift()) {
    const [, notOk, number, rest = ''] = /^(not )?ok (\d+) - (.*)$/su.exec(line) ?? [];
    expect(number).toBe(String(results.length + 1));
    const [description = '', skip] = rest.split(/(?<=^(?:[^\\]|\\.)*) # SKIP /su);
    expect(lines.shift()).toBe('  ---');
    const block = lines.splice(0, lines.indexOf('  ...') + 1).slice(0, -1);
    const values = parseYaml(block.join('\n')) as Record<string, unknown>;
    results.push({ isOk: notOk === undefined, description, skip, values });
  }
  return { comment, plan: Number(plan.slice('1..'.length)), results };
}

function unescaped(text: string): string {
  return text.replaceAll(/\\([\\#])/g, '$1');
}

function oneLine(text: string): string {
  return carried(text).replaceAll(/[\r\n\t\u0085\u2028\u2029]+/g, ' ');
}

test('toTap() writes version 14', () => {
  expect(toTap(smokeSuite)).toMatchInlineSnapshot(`
    "TAP version 14
    # smoke hello-1.2.0
    1..3
    ok 1 - boot
      ---
      duration_ms: 42001
      ...
    not ok 2 - GET /
      ---
      duration_ms: 12
      message: "status 502, expected \\"2xx\\""
      detail: "<h1>Bad\\u001b[31m gateway</h1>\\n]]>"
      output: "server: nginx & co"
      ...
    ok 3 - GET /health # SKIP GET / failed \\#1
      ---
      duration_ms: 0
      ...
    "
  `);
});

test('toTap() parses back to what was put in, whatever the strings', () => {
  fc.assert(
    fc.property(anySuite, (suite: TestSuite) => {
      const { comment, plan, results } = parse(toTap(suite));
      expect(comment).toBe(`# ${oneLine(suite.name)}`);
      expect(plan).toBe(suite.cases.length);
      expect(results).toHaveLength(suite.cases.length);
      for (const [index, testCase] of suite.cases.entries()) {
        const result = results[index] as TapResult;
        expect(result.isOk).toBe(testCase.failure === undefined);
        expect(unescaped(result.description)).toBe(oneLine(testCase.name));
        expect(result.skip !== undefined).toBe(testCase.skipped !== undefined && result.isOk);
        expect(result.values.message).toBe(testCase.failure?.message?.toWellFormed());
        expect(result.values.detail).toBe(testCase.failure?.detail?.toWellFormed());
        expect(result.values.output).toBe(testCase.output?.toWellFormed());
      }
    }),
  );
});

test('toTap() refuses a duration that is not a number', () => {
  expect(() => toTap({ name: 'smoke', durationMs: Number.NaN, cases: [] })).toThrow(RangeError);
});
