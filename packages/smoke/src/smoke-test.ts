import { assertStable } from './assert-stable.ts';
import { createInstance } from './create-instance.ts';
import { SmokeError } from './error.ts';
import type { InstanceProvider } from './instance-provider.ts';
import { planSmoke } from './plan-smoke.ts';
import { settleOrAbort } from './settle-or-abort.ts';
import type { SmokeTestOptions } from './smoke-options.ts';
import type { SmokeFailure, SmokeReport } from './smoke-report.ts';
import { type SmokeRun, startRun } from './smoke-run.ts';
import { type TeardownOutcome, tearDown } from './tear-down.ts';
import { waitUntilBooted } from './wait-until-booted.ts';
import { waitUntilReady } from './wait-until-ready.ts';

/**
 * Boots one instance of a template, checks it from outside and always deletes it. A bad app, and a cloud that delivers
 * no instance, are reports with `passed: false`.
 *
 * @throws SmokeError `instance-unknown` when nobody can say whether an instance was left; `signal.reason` when
 * cancelled, after the teardown; TypeError or RangeError for options that cannot be used.
 */
export async function smokeTest(
  provider: InstanceProvider,
  options: SmokeTestOptions,
): Promise<SmokeReport> {
  const plan = planSmoke(options);
  plan.signal?.throwIfAborted();
  const run = startRun(provider, plan);
  let failure: SmokeFailure | undefined;
  let outcome: TeardownOutcome;
  try {
    failure = await examine(run);
  } finally {
    outcome = await tearDown(run);
  }
  return reportOf(run, failure, outcome);
}

/** The stages in order, up to the first that fails. */
async function examine(run: SmokeRun): Promise<SmokeFailure | undefined> {
  const failure =
    (await createInstance(run)) ??
    (await waitUntilBooted(run)) ??
    (await waitUntilReady(run)) ??
    (await assertStable(run));
  if (failure !== undefined) await refreshView(run);
  return failure;
}

/** An instance that stopped or vanished explains a lot about an app that does not answer. */
async function refreshView({ provider, plan, findings }: SmokeRun): Promise<void> {
  const { instanceId, view } = findings;
  if (instanceId === undefined || view === undefined) return;
  const signal = AbortSignal.timeout(plan.requestTimeoutMs);
  const latest = await settleOrAbort(provider.get(instanceId, { signal }), signal).catch(
    () => view,
  );
  findings.view = { ...view, state: latest?.state ?? 'gone' };
}

function reportOf(
  run: SmokeRun,
  failure: SmokeFailure | undefined,
  { teardown, teardownDetail }: TeardownOutcome,
): SmokeReport {
  const { plan, findings } = run;
  if (teardown === 'unknown') {
    throw new SmokeError(
      'instance-unknown',
      `Cannot tell whether instance "${plan.name}" exists: ${teardownDetail}`,
      { retryable: false },
    );
  }
  const { instanceId, view } = findings;
  return {
    passed: failure === undefined,
    templateId: plan.templateId,
    ...(instanceId !== undefined && {
      instance: { id: instanceId, name: plan.name, address: view?.address, state: view?.state },
    }),
    bootedAfterMs: findings.bootedAfterMs,
    readyAfterMs: findings.readyAfterMs,
    durationMs: run.elapsedMs(),
    results: findings.results,
    evidence: findings.evidence,
    teardown,
    ...(teardownDetail !== undefined && { teardownDetail }),
    ...(failure !== undefined && { failure }),
  };
}
