import { type Observation, type Pool, planRollout, type RolloutPlan } from '@exoship/rollout';
import { CliError } from '../cli-error.ts';
import type { Settings } from '../config/settings.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Job } from '../job.ts';
import { rolloutOptionsFrom } from '../wiring/rollout-options.ts';

export interface PlanRequest {
  readonly templateId: string;
  /** As the smoke test measured it; the wall time is predicted from it. */
  readonly readyAfterMs: number | undefined;
}

/**
 * Says what a deployment would do, step by step, and changes nothing.
 *
 * @throws CliError with exit code 3 when the deployment would be refused.
 */
export async function showPlan(
  job: Job,
  settings: Settings,
  pool: Pool,
  { templateId, readyAfterMs }: PlanRequest,
): Promise<number> {
  const { context, progress } = job;
  const { signal } = context;
  const observation = await pool.observe({ signal });
  const capacity = await pool.capacity?.({ signal });
  const { probe, progressDeadlineMs, onExternalResize, leaseMs, ...planned } = rolloutOptionsFrom(
    settings,
    context,
  );
  const plan = planRollout(observation, {
    ...planned,
    template: templateId,
    capacity,
    canDrain: pool.drain !== undefined,
    ...(readyAfterMs !== undefined && { bootMs: readyAfterMs }),
  });
  job.result.plan = plan;
  for (const warning of plan.warnings) progress.warn(warning);
  for (const { atMs, action, reason } of plan.steps) {
    progress.line(`at ${(atMs / 1000).toFixed(0).padStart(4)} s  ${action}: ${reason}`);
  }
  progress.line(summaryOf(plan, capacity));
  await assertProbe(observation, async (member) => await probe(member, { signal }));
  if (plan.outcome === 'completed' || plan.outcome === 'unchanged') return exitCodes.ok;
  throw refused(`the plan ends ${plan.outcome}: ${plan.reason}`);
}

function summaryOf(plan: RolloutPlan, capacity: number | undefined): string {
  const { peak, size, minServing, wallMs, drainWindowMs } = plan;
  const surplusMinutes = ((peak - size) * wallMs) / 60_000;
  return [
    `plan: ${plan.outcome} in about ${(wallMs / 1000).toFixed(0)} s`,
    `peak ${peak} members (${peak - size} more, quota leaves ${capacity ?? 'an unknown number'})`,
    `never fewer than ${minServing} serving`,
    `members must accept for ${drainWindowMs} ms while they drain`,
    `at most ${surplusMinutes.toFixed(1)} surplus instance-minutes`,
  ].join(', ');
}

/** When the probe fails on every member that serves now, the probe is wrong, not the release. */
async function assertProbe(
  { members }: Observation,
  probe: (member: Observation['members'][number]) => Promise<{ passed: boolean; detail: string }>,
): Promise<void> {
  const serving = members.filter(
    ({ state, verdict }) => state === 'running' && (verdict === 'healthy' || verdict === 'none'),
  );
  if (serving.length === 0) return;
  const results = await Promise.all(serving.map(probe));
  if (results.some(({ passed }) => passed)) return;
  throw refused(`the probe fails on every member that serves now: ${results[0]?.detail}`);
}

function refused(why: string): CliError {
  return new CliError(`A deployment would be refused: ${why}`, { exitCode: exitCodes.refused });
}
