import type { ControlOptions, RolloutEvent, RolloutResult } from '@exoship/rollout';
import { assertWritable } from '../assert-writable.ts';
import { CliError } from '../cli-error.ts';
import type { Settings } from '../config/settings.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Job } from '../job.ts';
import type { Flags } from '../load-settings.ts';
import { type EventLog, openEventLog } from '../render/event-log.ts';
import { createLiveTree, type LiveTree } from '../render/live-tree.ts';
import { rolloutLine } from '../render/rollout-line.ts';
import { drawRolloutReport } from '../render/rollout-report.ts';
import { rolloutFailure } from '../rollout-failure.ts';
import { rolloutOptionsFrom } from '../wiring/rollout-options.ts';

type Control = (options: ControlOptions) => Promise<RolloutResult>;

/** Runs a controller with everything wired: what it decides becomes lines and events, how it ends the exit code. */
export async function tellRollout(
  job: Job,
  settings: Settings,
  flags: Flags,
  control: Control,
): Promise<number> {
  const { context, progress } = job;
  const { events, report } = await outputsOf(flags);
  const result = await follow(job, settings, events, control, flags.exclusive === true);
  if (events !== undefined && report !== undefined) await drawRolloutReport(events, report);
  job.result.rollout = result;
  progress.line(closingLine(result));
  const failure = rolloutFailure(result, context.signal);
  if (failure !== undefined) throw failure;
  return exitCodes.ok;
}

interface Outputs {
  readonly events?: string;
  readonly report?: string;
}

/** @throws CliError when the flags ask for what cannot be written: told at the start, before there is a key */
export async function outputsOf(flags: Flags): Promise<Outputs> {
  if (flags.report !== undefined && flags.events === undefined) {
    throw new CliError('--report needs --events: the report is drawn from that file', {
      exitCode: exitCodes.usage,
    });
  }
  const outputs = {
    ...(flags.events !== undefined && { events: String(flags.events) }),
    ...(flags.report !== undefined && { report: String(flags.report) }),
  };
  await assertWritable('--events', outputs.events);
  await assertWritable('--report', outputs.report);
  return outputs;
}

async function follow(
  job: Job,
  settings: Settings,
  eventsFile: string | undefined,
  control: Control,
  isExclusive: boolean,
): Promise<RolloutResult> {
  const { context, progress } = job;
  await using events = await openEventLog(eventsFile, {
    redactor: context.redactor,
    onLost: (why) => progress.warn(why),
  });
  const tree = createLiveTree(settings.deploy.gate.successes);
  progress.pin(() => tree.render(context.clock.now()));
  using _pinned = { [Symbol.dispose]: () => progress.pin(undefined) };
  return await control({
    ...rolloutOptionsFrom(settings, context),
    exclusive: isExclusive,
    owner: context.env.CI_JOB_ID ? `job-${context.env.CI_JOB_ID}` : 'ci-cli',
    clock: context.clock,
    signal: context.signal,
    onEvent: (event) => tell(job, settings, { events, tree }, event),
  });
}

interface Listeners {
  readonly events: EventLog;
  readonly tree: LiveTree;
}

function tell(
  job: Job,
  settings: Settings,
  { events, tree }: Listeners,
  event: RolloutEvent,
): void {
  events.append(event);
  tree.tell(event);
  warnOfShortLameDuck(job, settings, event);
  const { line, live } = rolloutLine(event);
  if (line !== undefined) job.progress.line(line);
  if (live !== undefined) job.progress.live(live);
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
