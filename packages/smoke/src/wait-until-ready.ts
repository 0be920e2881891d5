import { poll } from './poll.ts';
import { probeInstance } from './probe-instance.ts';
import type { SmokeFailure } from './smoke-report.ts';
import type { SmokeRun } from './smoke-run.ts';

/** Waits until all checks pass once. Whatever goes wrong before the deadline means "not yet". */
export async function waitUntilReady(run: SmokeRun): Promise<SmokeFailure | undefined> {
  const { plan, findings, emit } = run;
  const { clock, signal, readiness } = plan;
  let lastObservation = 'no answer yet';
  const look = async (lookSignal: AbortSignal): Promise<true | undefined> => {
    const { passed, detail } = await probeInstance(run, 'readiness', lookSignal);
    if (passed) return true;
    if (detail !== lastObservation) {
      emit({ type: 'app-awaited', detail, afterMs: run.elapsedMs() });
    }
    lastObservation = detail;
    return undefined;
  };
  const isReady = await poll(look, { clock, signal, ...readiness });
  if (isReady === undefined) {
    const message = `Instance "${plan.name}" did not become ready within ${readiness.timeoutMs} ms: ${lastObservation}`;
    return { stage: 'readiness', message };
  }
  findings.readyAfterMs = run.elapsedMs();
  emit({ type: 'app-ready', afterMs: findings.readyAfterMs });
  return undefined;
}
