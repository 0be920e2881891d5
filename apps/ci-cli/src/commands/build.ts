import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Template } from '@exoship/exoscale-api';
import { type TemplateArtifact, writeArtifact } from '../artifact.ts';
import { importImage } from '../build/import-image.ts';
import { makeImage } from '../build/make-image.ts';
import { newestWithInputs } from '../build/newest-with-inputs.ts';
import { type BuildPlan, planBuild } from '../build/plan-build.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Job } from '../job.ts';
import { type Flags, keySourceOf, loadSettings } from '../load-settings.ts';
import { createClient } from '../wiring/create-client.ts';
import { withKeys } from '../wiring/with-keys.ts';

/** Makes the image, registers it as a template, and hands its id on. What is registered already is not built again. */
export async function build(job: Job, flags: Flags): Promise<number> {
  const settings = await loadSettings(job, flags);
  const source = keySourceOf(settings, 'build');
  const folder = await mkdtemp(join(tmpdir(), 'exoship-build-'));
  try {
    const plan = await planBuild({ settings, env: job.context.env, folder, variables: flags.var });
    job.progress.line(`build ${plan.templateName}, inputs ${plan.inputsHash.slice(0, 12)}`);
    const template =
      (flags.force === true ? undefined : await findRegistered(job, source, plan)) ??
      (await makeAndImport(job, source, plan));
    const artifact = artifactOf(template, plan, settings.zone);
    const file = resolve(job.context.cwd, String(flags.artifact));
    await writeArtifact(file, artifact);
    job.result.template = artifact;
    job.progress.line(`template ${artifact.name} is ${artifact.templateId}`);
    return exitCodes.ok;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

type Source = ReturnType<typeof keySourceOf>;

/** Looks before the slow part, with a key of its own: none is alive while Packer runs. */
async function findRegistered(
  job: Job,
  source: Source,
  plan: BuildPlan,
): Promise<Template | undefined> {
  const registered = await withKeys(job, source, async (keys) => {
    const exoscale = createClient(job, source, keys);
    return await newestWithInputs(exoscale, plan, job.context.signal);
  });
  if (registered !== undefined) {
    job.progress.line(`the same inputs are registered already: ${registered.id}`);
  }
  return registered;
}

async function makeAndImport(job: Job, source: Source, plan: BuildPlan): Promise<Template> {
  await makeImage(job, plan);
  return await withKeys(
    job,
    source,
    async (keys) => await importImage(job, createClient(job, source, keys), plan),
  );
}

function artifactOf(template: Template, plan: BuildPlan, zone: string): TemplateArtifact {
  return {
    schema: 1,
    templateId: template.id,
    checksum: template.checksum ?? '',
    name: template.name,
    zone,
    version: plan.version,
    inputsHash: plan.inputsHash,
  };
}
