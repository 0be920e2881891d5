import { type Exoscale, importTemplate, type Template } from '@exoship/exoscale-api';
import type { Job } from '../job.ts';
import { limitCleanup } from '../limit-cleanup.ts';
import type { ImageDigests } from '../provenance/image-digests.ts';
import { templateDescription } from '../provenance/template-description.ts';
import { newestWithInputs } from './newest-with-inputs.ts';
import type { BuildPlan } from './plan-build.ts';

/** After an interruption: how long to wait for a registration that nobody can take back. */
const REGISTRATION_LIMITS = { calmMs: 1_500, interruptedMs: 1_500 };
const REMOVAL_LIMITS = { calmMs: 10_000, interruptedMs: 1_500 };
const LOOK_INTERVAL_MS = 250;

/** Registers the image as a template, and enters into the books what an interruption leaves of it. */
export async function importImage(
  job: Job,
  exoscale: Exoscale,
  plan: BuildPlan,
  image: ImageDigests | undefined,
): Promise<Template> {
  const { signal } = job.context;
  let isRegistering = false;
  let otherId: string | undefined;
  job.progress.line(`import ${plan.templateName} by bucket ${plan.bucket}`);
  try {
    return await importTemplate(exoscale, {
      file: plan.image,
      name: plan.templateName,
      bucket: plan.bucket,
      version: plan.version,
      build: plan.buildMark,
      description: templateDescription(plan, image),
      deadlineMs: plan.importTimeoutMs,
      ...(plan.defaultUser && { defaultUser: plan.defaultUser }),
      onProgress: (progress) => {
        if (progress.type === 'registration-started') isRegistering = true;
        else if (progress.type === 'template-differs') otherId = progress.templateId;
        else if (progress.type === 'object-left') recordLeftObject(job, progress);
      },
      signal,
    });
  } catch (error) {
    if (signal.aborted && isRegistering) await settleRegistration(job, exoscale, plan);
    if (otherId !== undefined) await removeOther(job, exoscale, otherId);
    throw error;
  }
}

function recordLeftObject(job: Job, { path, why }: { path: string; why: string }): void {
  job.cleanup.record({
    what: `object ${path}`,
    outcome: 'failed',
    detail: `${why}; delete it by hand: anybody who knows its URL can read it`,
  });
}

/** A template that is not what was uploaded carries our mark all the same: the next build must not find it. */
async function removeOther(job: Job, exoscale: Exoscale, id: string): Promise<void> {
  using limit = limitCleanup(job.context.signal, REMOVAL_LIMITS);
  try {
    await exoscale.templates.delete(id, { signal: limit.signal });
    job.progress.line(`template ${id} is not what was uploaded, and was deleted`);
  } catch (error) {
    job.cleanup.record({
      what: `template ${id}`,
      outcome: 'failed',
      detail: `it is not what was uploaded, and carries the mark of these inputs: delete it by hand (${String(error)})`,
    });
  }
}

/** A template that is whole is not litter: the next build finds it. One that may still become whole is told. */
async function settleRegistration(job: Job, exoscale: Exoscale, plan: BuildPlan): Promise<void> {
  using limit = limitCleanup(job.context.signal, REGISTRATION_LIMITS);
  const { signal } = limit;
  try {
    for (;;) {
      const template = await newestWithInputs(exoscale, plan, signal);
      if (template !== undefined) {
        job.progress.line(`registered all the same, for the next build to find: ${template.id}`);
        return;
      }
      await job.context.clock.sleep(LOOK_INTERVAL_MS, { signal });
    }
  } catch {
    job.cleanup.record({
      what: `template ${plan.templateName}`,
      outcome: 'accepted',
      detail: 'its registration was under way and may still end well; then the next build finds it',
    });
  }
}
