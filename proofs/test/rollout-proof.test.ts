import { expect, test } from 'vitest';
import { createDocket } from '../src/prove/rollout/docket.ts';
import { proveControls } from '../src/prove/rollout/prove-controls.ts';
import { proveCrashes } from '../src/prove/rollout/prove-crashes.ts';
import { proveMutations } from '../src/prove/rollout/prove-mutations.ts';
import { proveSequences } from '../src/prove/rollout/prove-sequences.ts';
import { proveSwitches } from '../src/prove/rollout/prove-switches.ts';
import { invariants } from '../src/prove/rollout/tally.ts';

// A short part of `pnpm prove rollout`, with fixed draws; what fails here prints the line that repeats it.
const seed = 1;
const lines: string[] = [];
const docket = createDocket((line) => lines.push(line));
const patient = { timeout: 120_000 };

test('every planted bug is noticed by the invariant that is there for it', patient, async () => {
  const rows = await proveMutations();
  expect(rows.filter(({ isCaught }) => !isCaught)).toEqual([]);
  const broken = new Set(rows.flatMap(({ breaks }) => breaks));
  expect(broken.size).toBe(Object.keys(invariants).length);
});

test('controls change nothing when no rollout is under way', async () => {
  await proveControls(docket, seed);
  expect(docket.failures, lines.join('\n')).toEqual([]);
});

test(
  'a rollout that is killed at every fourth request comes to the same end',
  patient,
  async () => {
    const names = ['in place'];
    const { crashPoints } = await proveCrashes(docket, { seed, pairs: 5, names, every: 4 });
    expect(docket.failures, lines.join('\n')).toEqual([]);
    expect(crashPoints).toBeGreaterThan(60);
  },
);

test('faults that meet the real client break no invariant', patient, async () => {
  const options = { seed, runs: 5, isThroughHttp: true };
  expect(await proveSequences(docket, options)).toBe(5);
  expect(docket.failures, lines.join('\n')).toEqual([]);
});

test('no sequence of faults breaks an invariant', patient, async () => {
  expect(await proveSequences(docket, { seed, runs: 60 })).toBe(60);
  expect(docket.failures, lines.join('\n')).toEqual([]);
});

test(
  'a rollout ends well whatever is not known about the cloud turns out to be',
  patient,
  async () => {
    expect(await proveSwitches(docket, { seed, every: 37 })).toBeGreaterThan(60);
    expect(docket.failures, lines.join('\n')).toEqual([]);
  },
);
