import fc from 'fast-check';
import { SaxesParser } from 'saxes';
import { expect, test } from 'vitest';
import { type TestSuite, toJUnit } from '../src/index.ts';
import { anySuite, carried, smokeSuite } from './suites.ts';

interface Node {
  readonly name: string;
  readonly attributes: Record<string, string>;
  readonly children: Node[];
  text: string;
}

/** Strict: a document that is not well-formed throws. */
function parse(xml: string): Node {
  const parser = new SaxesParser();
  const root: Node = { name: '', attributes: {}, children: [], text: '' };
  const open = [root];
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    const node: Node = { name, attributes: { ...attributes }, children: [], text: '' };
    open.at(-1)?.children.push(node);
    open.push(node);
  });
  parser.on('text', (text) => {
    const node = open.at(-1);
    if (node) node.text += text;
  });
  parser.on('closetag', () => void open.pop());
  parser.write(xml).close();
  return root;
}

function find(node: Node, name: string): Node | undefined {
  return node.children.find((child) => child.name === name);
}

test('toJUnit() writes what GitLab reads', () => {
  expect(toJUnit(smokeSuite)).toMatchInlineSnapshot(`
    "<?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="smoke hello-1.2.0" tests="3" failures="1" errors="0" time="61.500">
    <testsuite name="smoke hello-1.2.0" tests="3" failures="1" errors="0" skipped="1" time="61.500" timestamp="2026-01-02T03:04:05.000Z">
    <testcase name="boot" classname="smoke hello-1.2.0" time="42.001"/>
    <testcase name="GET /" classname="checks" time="0.012">
    <failure message="status 502, expected &quot;2xx&quot;">&lt;h1&gt;Bad␛[31m gateway&lt;/h1&gt;
    ]]&gt;</failure>
    <system-out>server: nginx &amp; co</system-out>
    </testcase>
    <testcase name="GET /health" classname="checks" time="0.000">
    <skipped message="GET / failed #1"/>
    </testcase>
    </testsuite>
    </testsuites>
    "
  `);
});

test('toJUnit() writes a suite without cases', () => {
  const root = parse(toJUnit({ name: 'empty', durationMs: 0, cases: [] }));
  expect(find(root, 'testsuites')?.attributes).toMatchObject({ tests: '0', failures: '0' });
});

test('toJUnit() parses back to what was put in, whatever the strings', () => {
  fc.assert(
    fc.property(anySuite, (suite: TestSuite) => {
      const testsuite = find(
        find(parse(toJUnit(suite)), 'testsuites') as Node,
        'testsuite',
      ) as Node;
      expect(testsuite.attributes.name).toBe(carried(suite.name));
      expect(testsuite.children.map(({ name }) => name)).toEqual(suite.cases.map(() => 'testcase'));
      for (const [index, testCase] of suite.cases.entries()) {
        const node = testsuite.children[index] as Node;
        const { name, classname = suite.name, failure, skipped, output } = testCase;
        expect(node.attributes.name).toBe(carried(name));
        expect(node.attributes.classname).toBe(carried(classname));
        expect(find(node, 'failure')?.attributes.message).toBe(failure && carried(failure.message));
        expect(find(node, 'failure')?.text).toBe(failure && carried(failure.detail));
        expect(find(node, 'system-out')?.text).toBe(
          output === undefined ? output : carried(output),
        );
        expect(find(node, 'skipped') !== undefined).toBe(skipped !== undefined && !failure);
      }
    }),
  );
});

test.for([-1, Number.NaN, Number.POSITIVE_INFINITY])(
  'toJUnit() refuses a duration of %s ms',
  (durationMs) => {
    const cases = [{ name: 'boot', durationMs }];
    expect(() => toJUnit({ name: 'smoke', durationMs: 0, cases })).toThrow(
      `Cannot report "boot": its duration is ${durationMs} ms`,
    );
  },
);
