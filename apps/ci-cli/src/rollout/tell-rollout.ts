import type { ControlOptions, RolloutEvent, RolloutResult } from '@exoship/rollout';
import type { Settings } from '../config/settings.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Job } from '../job.ts';
import type { Flags } from '../load-settings.ts';
import { openEventLog } from '../render/event-log.ts';
import { rolloutLine } from '../render/rollout-line.ts';
import { rolloutFailure } from '../rollout-failure.ts';
import { rolloutOptionsFrom } from '../wiring/rollout-options.ts';

/** Runs a controller with everything wired: what it decides becomes lines and events, how it ends the exit code. */
export async function tellRollout(
  job: Job,
  settings: Settings,
  flags: Flags,
  control: (options: ControlOptions) => Promise<RolloutResult>,
): Promise<number> {
  const { context, progress } = job;
  const file = flags.events === undefined ? undefined : String(flags.events);
  await using events = await openEventLog(file, context.redactor);
  const result = await control({
    ...rolloutOptionsFrom(settings, context),
    exclusive: flags.exclusive === true,
    owner: context.env.CI_JOB_ID ? `job-${context.env.CI_JOB_ID}` : 'ci-cli',
    clock: context.clock,
    signal: context.signal,
    onEvent: (event) => {
      events.append(event);
      warnOfShortLameDuck(job, settings, event);
      const { line, live } = rolloutLine(event);
      if (line !== undefined) progress.line(line);
      if (live !== undefined) progress.live(live);
    },
  });
  job.result.rollout = result;
  progress.line(closingLine(result));
  const failure = rolloutFailure(result, context.signal);
  if (failure !== undefined) throw failure;
  return exitCodes.ok;
}

function closingLine({ outcome, reason, wallMs, minServing, size }: RolloutResult): string {
  const served =
    minServing === undefined ? '' : `; serving never below ${minServing} of ${size ?? '?'}`;
  return `rollout ${outcome} after ${(wallMs / 1000).toFixed(1)} s: ${reason}${served}`;
}

/** No request is dropped only while the app keeps accepting for as long as the balancers may still send to it. */
function warnOfShortLameDuck({ progress }: Job, { deploy }: Settings, event: RolloutEvent): void {
  if (event.type !== 'rollout-start' || deploy.drain.kind === 'none') return;
  const { lameDuckMs } = deploy.drain;
  if (lameDuckMs >= event.drainWindowMs) return;
  progress.warn(
    `members are drained for ${event.drainWindowMs} ms, but the app promises to accept for ${lameDuckMs} ms only (drain.lameDuck): requests may be dropped`,
  );
}
