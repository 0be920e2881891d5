import { describeFault, isRetryable } from './describe-fault.ts';
import { poll } from './poll.ts';
import type { SmokeFailure } from './smoke-report.ts';
import type { SmokeRun } from './smoke-run.ts';

const FAILED_STATES: ReadonlySet<string> = new Set(['error', 'failed']);

/** Waits until the instance runs and has an address. */
export async function waitUntilBooted(run: SmokeRun): Promise<SmokeFailure | undefined> {
  const { plan, findings, emit } = run;
  const { clock, signal, boot } = plan;
  let lastObservation = 'it was not looked at';
  const look = async (lookSignal: AbortSignal): Promise<{ readonly isUp: boolean } | undefined> => {
    const { observation, isUp } = await lookAtInstance(run, lookSignal);
    lastObservation = observation;
    return isUp === undefined ? undefined : { isUp };
  };
  const seen = await poll(look, { clock, signal, ...boot });
  const name = `instance "${plan.name}"`;
  if (seen === undefined) {
    const message = `Cannot boot ${name} within ${boot.timeoutMs} ms: ${lastObservation}`;
    return { stage: 'boot', message };
  }
  const { instanceId: id, view } = findings;
  if (!seen.isUp || id === undefined || view?.address === undefined) {
    return { stage: 'boot', message: `Cannot boot ${name}: ${lastObservation}` };
  }
  findings.bootedAfterMs = run.elapsedMs();
  emit({ type: 'instance-booted', id, address: view.address, afterMs: findings.bootedAfterMs });
  return undefined;
}

interface Look {
  readonly observation: string;
  /** `undefined`: not yet. */
  readonly isUp?: boolean;
}

async function lookAtInstance(run: SmokeRun, signal: AbortSignal): Promise<Look> {
  const { provider, findings } = run;
  try {
    const view = await provider.get(findings.instanceId ?? '', { signal });
    if (view === undefined) {
      // Before it was seen once, the provider may simply not list it yet.
      if (findings.view === undefined) return { observation: 'it has never been seen' };
      return { observation: `it vanished while "${findings.view.state}"`, isUp: false };
    }
    findings.view = view;
    const observation = `last state was "${view.state}"`;
    if (FAILED_STATES.has(view.state)) return { observation, isUp: false };
    if (view.state !== 'running') return { observation };
    if (view.address === undefined) return { observation: `${observation}, without an address` };
    return { observation, isUp: true };
  } catch (error) {
    const observation = describeFault(error);
    return isRetryable(error) === false ? { observation, isUp: false } : { observation };
  }
}
