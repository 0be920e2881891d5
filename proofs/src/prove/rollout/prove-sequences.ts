import fc from 'fast-check';
import type { Docket } from './docket.ts';
import type { Scenario } from './scenario.ts';
import { scenarioArbitrary } from './scenario-arbitrary.ts';
import type { Violation } from './tally.ts';

export interface SequenceOptions {
  readonly seed: number;
  readonly runs: number;
  readonly isThroughHttp?: boolean | undefined;
}

/** Random faults, disturbances, switches and rivals; a failure is made as small as it gets. */
export async function proveSequences(
  docket: Docket,
  { seed, runs, isThroughHttp }: SequenceOptions,
): Promise<number> {
  let lastFailed: readonly Violation[] = [];
  const property = fc.asyncProperty(scenarioArbitrary, async (drawn) => {
    const scenario: Scenario = { ...drawn, isThroughHttp };
    const { violations } = await docket.hear({ scenario });
    if (violations.length > 0) lastFailed = violations;
    return violations.length === 0;
  });
  const { failed, counterexample, counterexamplePath, numRuns } = await fc.check(property, {
    seed,
    numRuns: runs,
  });
  if (failed && counterexample !== null) {
    const scenario: Scenario = { ...counterexample[0], isThroughHttp };
    docket.record(`sequence, seed ${seed}, path ${counterexamplePath}`, { scenario }, lastFailed);
  }
  return numRuns;
}
