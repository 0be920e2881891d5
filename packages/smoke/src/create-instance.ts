import { describeFault, isRetryable } from './describe-fault.ts';
import type { InstanceRequest } from './instance-provider.ts';
import type { SmokePlan } from './plan-smoke.ts';
import { poll } from './poll.ts';
import { settleOrAbort } from './settle-or-abort.ts';
import { smokeLabels } from './smoke-labels.ts';
import type { SmokeFailure } from './smoke-report.ts';
import type { SmokeRun } from './smoke-run.ts';

const CREATE_ATTEMPTS = 3;
/** Added to the longest life a test can have, for clocks that differ. */
const EXPIRY_MARGIN_MS = 10 * 60_000;

/**
 * Creates the instance and notes its id. A create call is not idempotent: after a failure the instance is looked up by
 * its name before another one is asked for.
 */
export async function createInstance(run: SmokeRun): Promise<SmokeFailure | undefined> {
  const { plan, findings, emit } = run;
  const request = requestOf(plan);
  emit({ type: 'instance-requested', name: plan.name, templateId: plan.templateId });
  for (let attempt = 1; ; attempt += 1) {
    try {
      findings.instanceId = await requestInstance(run, request);
      emit({ type: 'instance-created', id: findings.instanceId, afterMs: run.elapsedMs() });
      return undefined;
    } catch (error) {
      plan.signal?.throwIfAborted();
      emit({ type: 'create-failed', attempt, detail: describeFault(error) });
      const mayRepeat = isRetryable(error) === true && attempt < CREATE_ATTEMPTS;
      const lookup = await lookUpLostInstance(run, isRetryable(error) !== false);
      if (lookup === 'adopted') return undefined;
      if (lookup === 'absent' && mayRepeat) continue;
      const where = `instance "${plan.name}" from template "${plan.templateId}"`;
      return { stage: 'create', message: `Cannot create ${where}: ${describeFault(error)}` };
    }
  }
}

function requestOf(plan: SmokePlan): InstanceRequest {
  const { clock, name, templateId, boot, readiness, stability, teardown } = plan;
  const longestLifeMs =
    2 * CREATE_ATTEMPTS * boot.timeoutMs +
    readiness.timeoutMs +
    stability.windowMs +
    teardown.timeoutMs +
    EXPIRY_MARGIN_MS;
  const expiresAt = new Date(clock.now().getTime() + longestLifeMs);
  const labels = { ...plan.labels, ...smokeLabels({ smokeId: name, expiresAt }) };
  return { name, templateId, labels };
}

async function requestInstance(run: SmokeRun, request: InstanceRequest): Promise<string> {
  const { provider, plan, findings } = run;
  const timeout = AbortSignal.timeout(plan.boot.timeoutMs);
  const signal = plan.signal === undefined ? timeout : AbortSignal.any([plan.signal, timeout]);
  const wasUnclear = findings.isCreationUnclear;
  findings.isCreationUnclear = true;
  // Noted even when the answer comes after we stopped waiting for it.
  const creation = provider.create(request, { signal }).then(({ id }) => {
    findings.ownedIds.add(id);
    return id;
  });
  const id = await settleOrAbort(creation, signal);
  findings.isCreationUnclear = wasUnclear;
  return id;
}

type Lookup = 'adopted' | 'absent' | 'unknown';

/** A lost create may need a moment to show, hence the pause. */
async function lookUpLostInstance(run: SmokeRun, isLost: boolean): Promise<Lookup> {
  const { provider, plan, findings, emit } = run;
  const { clock, signal, boot } = plan;
  if (isLost) await clock.sleep(boot.intervalMs, { signal });
  const look = async (lookSignal: AbortSignal): Promise<Lookup | undefined> => {
    try {
      const existing = await provider.findByName(plan.name, { signal: lookSignal });
      if (existing === undefined) return 'absent';
      findings.instanceId = existing.id;
      findings.ownedIds.add(existing.id);
      emit({ type: 'instance-adopted', id: existing.id });
      return 'adopted';
    } catch (error) {
      return isRetryable(error) === false ? 'unknown' : undefined;
    }
  };
  const lookup = await poll(look, { clock, signal, ...boot });
  if (lookup === 'absent' && !isLost) findings.isCreationUnclear = false;
  return lookup ?? 'unknown';
}
