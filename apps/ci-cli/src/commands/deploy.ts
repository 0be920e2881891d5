import { type RolloutEvent, type RolloutResult, rollout } from '@exoship/rollout';
import { readArtifact } from '../artifact.ts';
import { CliError } from '../cli-error.ts';
import type { Settings } from '../config/settings.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Job } from '../job.ts';
import { type Flags, keySourceOf, loadSettings } from '../load-settings.ts';
import { openEventLog } from '../render/event-log.ts';
import { rolloutLine } from '../render/rollout-line.ts';
import { rolloutFailure } from '../rollout-failure.ts';
import { assertTemplate } from '../wiring/assert-template.ts';
import { createClient } from '../wiring/create-client.ts';
import { rolloutOptionsFrom } from '../wiring/rollout-options.ts';
import { findPool, wireRolloutPool } from '../wiring/rollout-pool.ts';
import { withApiKey } from '../wiring/with-api-key.ts';

/** Replaces the members of the pool by the tested template; goes back by itself when the new ones fail the gate. */
export async function deploy(job: Job, flags: Flags): Promise<number> {
  const settings = await loadSettings(job, flags);
  const templateId = await chooseTemplate(flags);
  const result = await runRollout(job, { settings, templateId, flags });
  job.result.rollout = result;
  const seconds = (result.wallMs / 1000).toFixed(1);
  job.progress.line(
    `rollout ${result.outcome} after ${seconds} s: ${result.reason}; serving never below ${result.minServing} of ${result.size}`,
  );
  const failure = rolloutFailure(result, job.context.signal);
  if (failure !== undefined) throw failure;
  return exitCodes.ok;
}

/** By id, and only what a smoke test has passed, unless somebody says otherwise in so many words. */
async function chooseTemplate(flags: Flags): Promise<string> {
  if (flags.template !== undefined) {
    if (flags.untested === true) return String(flags.template);
    throw untested(`the template ${String(flags.template)} is named by hand`);
  }
  const artifact = await readArtifact(String(flags.artifact));
  if (artifact.testedBy === undefined && flags.untested !== true) {
    throw untested(`no smoke test has passed for ${artifact.name} (${artifact.templateId})`);
  }
  return artifact.templateId;
}

function untested(why: string): CliError {
  return new CliError(`Will not deploy an untested template: ${why}`, {
    exitCode: exitCodes.refused,
    remedy: 'Run `ci-cli test` first, or say --untested',
  });
}

interface Deployment {
  readonly settings: Settings;
  readonly templateId: string;
  readonly flags: Flags;
}

async function runRollout(job: Job, deployment: Deployment): Promise<RolloutResult> {
  const { settings, templateId, flags } = deployment;
  const { context, progress } = job;
  const source = keySourceOf(settings, 'deploy');
  return await withApiKey(job, source, async (apiKey) => {
    const exoscale = createClient(job, source, apiKey);
    await assertTemplate(exoscale, templateId, { zone: settings.zone, signal: context.signal });
    const pool = await findPool(exoscale, settings, context.signal);
    const file = flags.events === undefined ? undefined : String(flags.events);
    await using events = await openEventLog(file, context.redactor);
    return await rollout(wireRolloutPool(job, exoscale, pool.id, settings), {
      ...rolloutOptionsFrom(settings, context),
      template: templateId,
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
  });
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
