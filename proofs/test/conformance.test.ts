import { expect, test } from 'vitest';
import { openLiveStage } from '../src/conformance/live-stage.ts';
import { playScenario } from '../src/conformance/scenario.ts';
import { openSimulatedStage } from '../src/conformance/simulated-stage.ts';

const SEED = 20_261_122;

// Each scenario waits out a real drain window or gate deadline once.
test.concurrent.each(['good', 'bad-health'] as const)(
  'a %s release: virtual time and real processes give the same decisions',
  { timeout: 90_000 },
  async (release) => {
    const simulated = openSimulatedStage(SEED);
    const expected = await simulated.drive(playScenario(simulated, release));
    await using live = await openLiveStage(SEED);
    const actual = await playScenario(live, release);
    expect(expected.decisions.length).toBeGreaterThan(4);
    expect(actual.decisions).toEqual(expected.decisions);
    expect(actual.result.outcome).toBe(release === 'good' ? 'completed' : 'rolled-back');
    expect(expected.result.outcome).toBe(actual.result.outcome);
  },
);
