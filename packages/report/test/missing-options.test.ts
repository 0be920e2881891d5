import { expect, test } from 'vitest';
import { parseRolloutEvents, toJUnit, toRolloutHtml, toTap } from '../src/index.ts';

test.each([
  ['toJUnit()', toJUnit, 'A suite must have a list of "cases"'],
  ['toTap()', toTap, 'A suite must have a list of "cases"'],
  ['toRolloutHtml()', toRolloutHtml, 'Events must be a list'],
  ['parseRolloutEvents()', parseRolloutEvents, 'The events must be text'],
] as [string, (given: unknown) => unknown, string][])('%s is told what it lacks', (...row) => {
  const [, render, message] = row;
  for (const given of [undefined, null, {}]) {
    expect(() => render(given)).toThrow(TypeError);
    expect(() => render(given)).toThrow(message);
  }
});
