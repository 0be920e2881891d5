import type { InstanceProvider, InstanceView } from './instance-provider.ts';
import type { SmokePlan } from './plan-smoke.ts';
import type { CheckResult } from './run-check.ts';
import type { SmokeEventBody } from './smoke-event.ts';
import type { Evidence } from './smoke-report.ts';

const KEPT_EVIDENCE = 10;

/** What one test has learnt so far; every stage adds to it. */
interface Findings {
  /** A create call was made that did not answer, or not yet: there may be an instance that we have no id of. */
  isCreationUnclear: boolean;
  /** Every instance that is ours to delete: more than one when a lost create was repeated too early. */
  readonly ownedIds: Set<string>;
  /** The one under test. */
  instanceId: string | undefined;
  /** The provider's last word on it. */
  view: InstanceView | undefined;
  bootedAfterMs: number | null;
  readyAfterMs: number | null;
  results: readonly CheckResult[];
  readonly evidence: Evidence[];
}

/** One test under way: what the stages share. */
export interface SmokeRun {
  readonly provider: InstanceProvider;
  readonly plan: SmokePlan;
  readonly findings: Findings;
  readonly elapsedMs: () => number;
  readonly emit: (event: SmokeEventBody) => void;
  readonly record: (stage: Evidence['stage'], results: readonly CheckResult[]) => void;
}

export function startRun(provider: InstanceProvider, plan: SmokePlan): SmokeRun {
  const { clock, onEvent } = plan;
  const startedMs = clock.monotonicMs();
  const findings: Findings = {
    isCreationUnclear: false,
    ownedIds: new Set(),
    instanceId: undefined,
    view: undefined,
    bootedAfterMs: null,
    readyAfterMs: null,
    results: [],
    evidence: [],
  };
  return {
    provider,
    plan,
    findings,
    elapsedMs: () => Math.round(clock.monotonicMs() - startedMs),
    emit: (event) => {
      try {
        onEvent?.({ at: clock.now(), ...event });
      } catch {
        // A listener's fault is not the app's, and must not come between us and the teardown.
      }
    },
    record: (stage, results) => {
      const observedAt = clock.now();
      findings.results = results;
      findings.evidence.push(...results.map((result) => ({ observedAt, stage, result })));
      findings.evidence.splice(0, findings.evidence.length - KEPT_EVIDENCE);
    },
  };
}
