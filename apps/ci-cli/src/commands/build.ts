import { resolve } from 'node:path';
import type { Template } from '@exoship/exoscale-api';
import { type TemplateArtifact, writeArtifact } from '../artifact.ts';
import { assertWritable } from '../assert-writable.ts';
import { openBuildFolder } from '../build/build-folder.ts';
import { findRegistered } from '../build/find-registered.ts';
import { importImage } from '../build/import-image.ts';
import { importWithPacker } from '../build/import-with-packer.ts';
import { makeImage } from '../build/make-image.ts';
import { type BuildPlan, planBuild } from '../build/plan-build.ts';
import { reapFolders } from '../build/reap-folders.ts';
import { within } from '../build/within.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Job } from '../job.ts';
import { type Flags, keySourceOf, loadSettings } from '../load-settings.ts';
import { type BuildRecorder, type Notary, openNotary } from '../provenance/notary.ts';
import { createClient } from '../wiring/create-client.ts';
import type { KeySource } from '../wiring/key-source.ts';
import { withKeys } from '../wiring/with-keys.ts';

/** Makes the image, registers it as a template, and hands its id on. What is registered already is not built again. */
export async function build(job: Job, flags: Flags): Promise<number> {
  const file = resolve(job.context.cwd, String(flags.artifact));
  await assertWritable('--artifact', file);
  const settings = await loadSettings(job, flags);
  const source = keySourceOf(settings, 'build');
  for (const left of await reapFolders())
    job.progress.line(`removed what a killed job left: ${left}`);
  await using folder = await openBuildFolder();
  const { env } = job.context;
  const plan = await planBuild({ settings, env, folder: folder.path, variables: flags.var });
  job.progress.line(`build ${plan.templateName}, inputs ${plan.inputsHash.slice(0, 12)}`);
  const notary = await openNotary(job, settings, file);
  const registered = flags.force === true ? undefined : await findRegistered(job, source, plan);
  const isVouchedFor = registered !== undefined && (await notary.isContent(registered.id));
  const template = isVouchedFor ? registered : await makeTemplate(job, source, plan, notary);
  const artifact = artifactOf(template, plan, settings.zone);
  await writeArtifact(file, artifact);
  job.result.template = artifact;
  job.progress.line(`template ${artifact.name} is ${artifact.templateId}`);
  return exitCodes.ok;
}

async function makeTemplate(
  job: Job,
  source: KeySource,
  plan: BuildPlan,
  notary: Notary,
): Promise<Template> {
  const record = notary.begin(plan);
  const template = await makeAndRegister(job, source, plan, record);
  await record.conclude(template);
  return template;
}

async function makeAndRegister(
  job: Job,
  source: KeySource,
  plan: BuildPlan,
  record: BuildRecorder,
): Promise<Template> {
  const { packerImport, importTimeoutMs: ms } = plan;
  if (packerImport !== undefined)
    return await importWithPacker(job, source, { ...plan, packerImport });
  await makeImage(job, plan);
  const image = await record.image();
  const stage = { ms, what: 'upload and register the image', exitCode: exitCodes.exoscale };
  return await within(
    job,
    stage,
    async (limited) =>
      await withKeys(
        limited,
        source,
        async (keys) =>
          await importImage(limited, createClient(limited, source, keys), plan, image),
      ),
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
