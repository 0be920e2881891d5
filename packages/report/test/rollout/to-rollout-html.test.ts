import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { SaxesParser } from 'saxes';
import { expect, test } from 'vitest';
import { parseRolloutEvents, type RolloutEvent, toRolloutHtml } from '../../src/index.ts';
import { timelineOf } from '../../src/rollout/timeline.ts';

// Recorded by a real rollout: three members replaced behind a load balancer.
const recorded = readFileSync(
  new URL('../fixtures/rollout-completed.jsonl', import.meta.url),
  'utf8',
);

const start: RolloutEvent = {
  type: 'rollout-start',
  at: new Date(0),
  rolloutId: 'r',
  from: 'a',
  to: 'b',
  size: 1,
  strategy: 'double',
};

test('timelineOf() sees old members serve, be drained and leave, and new ones be tested and serve', () => {
  const { lanes, size, end } = timelineOf(parseRolloutEvents(recorded));
  expect({ size, outcome: end?.outcome }).toEqual({ size: 3, outcome: 'completed' });
  const stages = lanes.map(({ spans }) => spans.map(({ stage }) => stage).join(' '));
  expect(stages).toHaveLength(6);
  for (const old of stages.slice(0, 3)) expect(old).toMatch(/^serving draining( leaving)?$/);
  for (const fresh of stages.slice(3)) expect(fresh).toMatch(/^starting testing serving$/);
});

test('timelineOf() never sees fewer serve than are wanted in the recorded rollout', () => {
  const { counts, size } = timelineOf(parseRolloutEvents(recorded));
  expect(counts.length).toBeGreaterThan(5);
  for (const { serving, floor } of counts) expect(serving).toBeGreaterThanOrEqual(floor);
  expect(Math.max(...counts.map(({ total }) => total))).toBe(2 * size);
});

test('toRolloutHtml() makes the same page from the same events, without any network', () => {
  const page = toRolloutHtml(parseRolloutEvents(recorded));
  expect(toRolloutHtml(parseRolloutEvents(recorded))).toBe(page);
  expect(page).not.toMatch(/https?:|src=|href=|url\(|@import|<script/);
  expect(page).toContain('Drain 3 before evicting 3 of 3');
});

test('toRolloutHtml() tells of a rollout that has not ended', () => {
  expect(toRolloutHtml([start])).toContain('under way');
});

test('toRolloutHtml() holds whatever a reason says', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (reason) => {
      const page = toRolloutHtml([
        start,
        { type: 'decision-made', at: new Date(5), rolloutId: 'r', action: 'wait', reason },
      ]);
      const parser = new SaxesParser();
      const cells: string[] = [];
      parser.on('error', (error) => {
        throw error;
      });
      parser.on('text', (text) => cells.push(text));
      parser.write(page.replace('<!doctype html>\n', '')).close();
      const visible = reason.replaceAll(/[^\x20-\x7e]/g, '');
      expect(cells.join('').replaceAll(/[^\x20-\x7e]/g, '')).toContain(visible);
    }),
  );
});

test.each([
  ['{', new SyntaxError('Line 1 is not JSON')],
  ['\n[]', new SyntaxError('Line 2 is no event: it lacks a type or a moment')],
  [
    '{"type":"rollout-end","at":"2026-01-01T00:00:00Z","schema":2}',
    new RangeError('Line 1 has schema 2: this reads 1'),
  ],
])('parseRolloutEvents() refuses %j', (text, error) => {
  expect(() => parseRolloutEvents(text)).toThrow(error);
});

test('timelineOf() shows the last rollout of a file that several have been appended to', () => {
  const later = { ...start, rolloutId: 'later', to: 'c', at: new Date(9_000) };
  const { to, durationMs } = timelineOf([start, later]);
  expect({ to, durationMs }).toEqual({ to: 'c', durationMs: 1 });
});

test('toRolloutHtml() refuses events of no rollout', () => {
  expect(() => toRolloutHtml([])).toThrow(RangeError);
});
