import { element } from '../xml.ts';
import { drawCalls } from './draw-calls.ts';
import { drawCounts } from './draw-counts.ts';
import { type Drawing, drawLanes, seconds } from './draw-lanes.ts';
import type { RolloutEvent } from './rollout-event.ts';
import { createScale, type Scale } from './scale.ts';
import { style } from './style.ts';
import { type Timeline, timelineOf } from './timeline.ts';

const WIDTH = 1_140;
const LABEL_WIDTH = 150;
const GAP = 18;

/**
 * One self-contained page of a rollout, real or simulated: swim lanes of its members, serving and total counts, calls,
 * probes and every decision with its reason. The same events give the same page.
 *
 * @throws TypeError when this is no list of events; RangeError when they hold no `rollout-start`.
 */
export function toRolloutHtml(events: readonly RolloutEvent[]): string {
  if (!Array.isArray(events))
    throw new TypeError('Events must be a list, as parseRolloutEvents() gives');
  const timeline = timelineOf(events);
  const title = `Rollout ${timeline.end?.outcome ?? 'under way'}: ${timeline.to}`;
  const head = element('head', {}, [
    element('meta', { charset: 'utf-8' }),
    element('title', {}, title),
    `<style>${style}</style>`,
  ]);
  const body = element('body', {}, [
    ...heading(timeline),
    legend(),
    chart(timeline),
    ...decisionTable(timeline),
  ]);
  return `<!doctype html>\n${element('html', { lang: 'en' }, [head, body])}\n`;
}

function heading(timeline: Timeline): readonly string[] {
  const { end, from, to, size, strategy, counts, startedAt, durationMs, calls } = timeline;
  const outcome = end?.outcome ?? 'under way';
  const facts: readonly (readonly [string, string])[] = [
    ['from', from],
    ['to', to],
    ['strategy', `${strategy}, ${size} members`],
    ['serving', `never fewer than ${Math.min(...counts.map(({ serving }) => serving))} seen`],
    ['peak', `${Math.max(...counts.map(({ total }) => total))} members`],
    ['took', `${seconds(durationMs)} from ${startedAt.toISOString()}`],
    ['changes', `${calls.length} calls`],
  ];
  return [
    element('h1', {}, [element('span', { class: `outcome ${outcome}` }, outcome)]),
    element('p', {}, end?.reason ?? 'No end was recorded'),
    element(
      'dl',
      {},
      facts.flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, value)]),
    ),
  ];
}

function legend(): string {
  const keys: readonly (readonly [string, string])[] = [
    ['#8a94a8', 'old version'],
    ['#2f7de1', 'new version (pale: starting, under test, draining)'],
    ['#2e9e5b', 'serving; probe passed'],
    ['#c93a3a', 'floor; probe failed'],
    ['#b98a1e', 'change of the pool'],
  ];
  return element(
    'p',
    {},
    keys.flatMap(([colour, text]) => [
      element('span', { class: 'key', style: `background:${colour}` }, ''),
      element('span', {}, text),
    ]),
  );
}

function chart(timeline: Timeline): string {
  const scale = createScale(timeline.durationMs, LABEL_WIDTH, WIDTH - 10);
  const parts: readonly Drawing[] = [
    drawLanes(timeline, scale),
    drawCounts(timeline, scale),
    drawCalls(timeline, scale),
  ];
  let y = 0;
  const placed = parts.map(({ svg, height }) => {
    const group = element('g', { transform: `translate(0 ${y})` }, [svg]);
    y += height + GAP;
    return group;
  });
  return element('svg', { viewBox: `0 0 ${WIDTH} ${y + GAP}`, role: 'img' }, [
    element('title', {}, 'Members over time, how many served, and what was asked of the pool'),
    ...drawTicks(scale, y),
    ...placed,
  ]);
}

function drawTicks({ ticks, x }: Scale, height: number): readonly string[] {
  return ticks.flatMap((ms) => [
    element('line', { class: 'tick', x1: x(ms), x2: x(ms), y1: 0, y2: height }),
    element('text', { x: x(ms), y: height + 12, 'text-anchor': 'middle' }, `${ms / 1_000} s`),
  ]);
}

function decisionTable({ decisions, warnings }: Timeline): readonly string[] {
  const rows = [
    ...decisions.map(({ atMs, action, reason }) => ({ atMs, what: action, why: reason })),
    ...warnings.map(({ atMs, message }) => ({ atMs, what: 'warning', why: message })),
  ].toSorted((one, other) => one.atMs - other.atMs);
  const cells = rows.map(({ atMs, what, why }) =>
    element('tr', {}, [
      element('td', {}, seconds(atMs)),
      element('td', {}, what),
      element('td', {}, why),
    ]),
  );
  return [element('h2', {}, 'Decisions'), element('table', {}, [element('tbody', {}, cells)])];
}
