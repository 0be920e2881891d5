import { expect, test } from 'vitest';
import { proveCanaries } from '../src/prove/packer/prove-canaries.ts';
import { proveFuzz } from '../src/prove/packer/prove-fuzz.ts';
import { proveKills } from '../src/prove/packer/prove-kills.ts';
import { findTools } from '../src/prove/packer/tools.ts';

// The long version, with the real programs: `pnpm prove packer`.
const say = (): void => {};
const tools = await findTools(true, say);

test('a build that is killed leaves nothing, and its half-registered template is found', async () => {
  const { violations, exitCodes } = await proveKills({ seed: 7, kills: 2, tools, say });
  expect(violations).toEqual([]);
  expect(Object.values(exitCodes).reduce((sum, times) => sum + times, 0)).toBe(2);
}, 90_000);

test('secrets of a build are nowhere to be seen', async () => {
  expect((await proveCanaries(7, tools, say)).violations).toEqual([]);
}, 60_000);

test('a guest may print what it likes', async () => {
  const { violations, throws, events } = await proveFuzz(7, 20_000, say);
  expect(violations).toEqual([]);
  expect(throws).toBe(0);
  expect(events).toBeGreaterThan(1_000);
}, 60_000);
