import { drainWindowMs } from './drain-window.ts';
import type { Estimates } from './imagine.ts';
import { mandateOf } from './mandate.ts';
import type { RolloutOptions } from './options.ts';
import type { Observation } from './pool.ts';
import { predict } from './predict.ts';
import { decodeLedger } from './record.ts';
import type { Action, Decision, Outcome } from './situation.ts';
import { resolveRolloutOptions } from './spec.ts';
import { checkGiven, checkKeys, checkPositive } from './validate.ts';
import { comparesWeaker } from './weaker-check.ts';

export interface PlanOptions
  extends Pick<
    RolloutOptions,
    | 'template'
    | 'strategy'
    | 'maxSurge'
    | 'maxUnavailable'
    | 'gate'
    | 'bakeTimeMs'
    | 'drain'
    | 'autoRollback'
    | 'probeDescription'
  > {
  /** What `pool.capacity()` says. @default unknown, assumed to be enough */
  readonly capacity?: number | undefined;
  /** Whether the pool has `drain`. @default true */
  readonly canDrain?: boolean | undefined;
  /** From a member's creation to its being in the rotation, as the smoke test measured it. @default 60_000 */
  readonly bootMs?: number | undefined;
  /** One change of the pool, until it is at rest again. @default 10_000 */
  readonly changeMs?: number | undefined;
}

export interface PlannedStep {
  /** From the start. */
  readonly atMs: number;
  readonly action: Action['type'] | 'begin';
  readonly reason: string;
}

export interface RolloutPlan {
  /** What it comes to when everything goes well. */
  readonly outcome: Outcome;
  readonly reason: string;
  readonly from: string | undefined;
  readonly to: string;
  readonly size: number;
  readonly steps: readonly PlannedStep[];
  /** Most members at once: what the quota must allow. */
  readonly peak: number;
  /** Fewest members in service at once. */
  readonly minServing: number;
  readonly wallMs: number;
  /** How long a draining member must go on accepting. */
  readonly drainWindowMs: number;
  readonly warnings: readonly string[];
}

/**
 * The dry run: what `rollout` with these options would do to a pool that looks like this, if everything goes well. It is
 * the same planner, so it is the same plan.
 *
 * @throws TypeError or RangeError for an option that makes no sense.
 */
export function planRollout(observation: Observation, options: PlanOptions): RolloutPlan {
  checkGiven(options);
  const { capacity, canDrain = true, bootMs = 60_000, changeMs = 10_000, ...rest } = options;
  checkKeys('option', rest, PLAN_KEYS);
  checkPositive('bootMs', bootMs);
  checkPositive('changeMs', changeMs);
  const probe = async (): Promise<never> => Promise.reject(new TypeError('A plan probes nothing'));
  const spec = resolveRolloutOptions({ ...rest, probe, rolloutId: 'plan' });
  const ledger = decodeLedger(observation.annotations);
  const target = { template: spec.template, rolloutId: spec.rolloutId };
  const mandate = mandateOf('rollout', target, ledger, observation);
  const common = {
    from: mandate.record?.from,
    to: spec.template,
    size: mandate.record?.size ?? observation.size,
    drainWindowMs: drainWindowMs(observation.balancers, spec.drain),
    warnings: comparesWeaker(observation.balancers, spec.probeDescription),
  };
  if (mandate.kind !== 'work') {
    const { outcome, reason } = mandate;
    const present = observation.members.length;
    return { ...common, outcome, reason, steps: [], peak: present, minServing: present, wallMs: 0 };
  }
  const estimates: Estimates = { bootMs, changeMs };
  const prediction = predict(spec, mandate.record, observation, { canDrain, capacity }, estimates);
  const { steps, ...totals } = prediction;
  const begin: PlannedStep = {
    atMs: 0,
    action: 'begin',
    reason: `Set the template to "${spec.template}" and take the lease`,
  };
  const planned = steps.map(({ atMs, decision }) => ({
    atMs,
    action: decision.action.type,
    reason: decision.reason,
  }));
  return {
    ...common,
    ...totals,
    ...endingOf(steps.at(-1)?.decision),
    steps: [begin, ...mergeWaits(planned)],
  };
}

const PLAN_KEYS = [
  'template',
  'strategy',
  'maxSurge',
  'maxUnavailable',
  'gate',
  'bakeTimeMs',
  'drain',
  'autoRollback',
  'probeDescription',
];

function endingOf(decision: Decision | undefined): { outcome: Outcome; reason: string } {
  const reason = decision?.reason ?? 'Nothing is to be done';
  const action = decision?.action;
  if (action?.type === 'finish') return { outcome: action.last.outcome, reason };
  if (action?.type === 'stop') return { outcome: action.outcome, reason };
  if (action?.type === 'revert') return { outcome: 'rolled-back', reason };
  if (action?.type === 'hold') {
    return { outcome: action.record.hold === 'approval' ? 'awaiting-approval' : 'paused', reason };
  }
  return { outcome: 'stuck', reason };
}

/** A wait that goes on is one step. */
function mergeWaits(steps: readonly PlannedStep[]): readonly PlannedStep[] {
  return steps.filter(
    ({ action }, index) => action !== 'wait' || steps[index - 1]?.action !== 'wait',
  );
}
