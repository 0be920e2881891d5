import { probeInstance } from './probe-instance.ts';
import type { SmokeFailure } from './smoke-report.ts';
import type { SmokeRun } from './smoke-run.ts';

/**
 * Every check must pass in every round, spread over the window: a failure is final, so that an app which answers once
 * and crashes does not get through.
 */
export async function assertStable(run: SmokeRun): Promise<SmokeFailure | undefined> {
  const { plan, emit } = run;
  const { clock, signal, stability } = plan;
  const startedMs = clock.monotonicMs();
  for (let round = 1; round <= stability.rounds; round += 1) {
    const dueMs = startedMs + dueAfterMs(round, stability);
    const waitMs = dueMs - clock.monotonicMs();
    if (waitMs > 0) await clock.sleep(waitMs, { signal });
    const { passed, detail, results } = await probeInstance(run, 'checks', signal);
    const type = passed ? 'round-passed' : 'round-failed';
    emit({ type, round, of: stability.rounds, results });
    if (!passed) {
      const message = `Instance "${plan.name}" failed round ${round} of ${stability.rounds}: ${detail}`;
      return { stage: 'checks', message };
    }
  }
  return undefined;
}

/** The first round at once, the last at the end of the window; a single one at its end. */
function dueAfterMs(
  round: number,
  { rounds, windowMs }: { readonly rounds: number; readonly windowMs: number },
): number {
  return rounds === 1 ? windowMs : (windowMs * (round - 1)) / (rounds - 1);
}
