import { readFile } from 'node:fs/promises';
import type { Template } from '@exoship/exoscale-api';
import { detectPacker } from '@exoship/packer-build';
import { CliError } from '../cli-error.ts';
import type { PackerImportConfig } from '../config/build-schema.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Job } from '../job.ts';
import { createClient } from '../wiring/create-client.ts';
import type { KeySource } from '../wiring/key-source.ts';
import { withApiKey } from '../wiring/with-api-key.ts';
import { withKeys } from '../wiring/with-keys.ts';
import { openMachine } from './machine-image.ts';
import { makeWithPacker } from './make-image.ts';
import type { BuildPlan } from './plan-build.ts';

const IMPORTER = 'packer.post-processor.exoscale-import';

/**
 * Has the template register what it makes. Packer reads its key once, so that key must live as long as the build may
 * take; and nobody boots the image before it is a template.
 */
export async function importWithPacker(
  job: Job,
  source: KeySource,
  plan: BuildPlan & { readonly packerImport: PackerImportConfig },
): Promise<Template> {
  const { packerTemplate: template = '', packerImport, timeoutMs } = plan;
  await assertImporter(job, template);
  const machine = plan.machine && (await openMachine(job, plan));
  job.progress.line('the template registers its image by itself: it is not verified before that');
  const id = await withApiKey(job, source, { forMs: timeoutMs }, async ({ key, secret }) => {
    const secretVariables = {
      [packerImport.keyVariable]: { reveal: () => key },
      [packerImport.secretVariable]: secret,
    };
    const { artifacts } = await makeWithPacker(job, plan, { template, machine, secretVariables });
    return artifacts.findLast(({ builderId }) => builderId === IMPORTER)?.id;
  });
  if (id === undefined) {
    throw new CliError('The build ended well but registered nothing', {
      exitCode: exitCodes.packer,
      remedy: 'Make exoscale-import the last post-processor of the template',
    });
  }
  const { signal } = job.context;
  return await withKeys(
    job,
    source,
    async (keys) => await createClient(job, source, keys).templates.get(id, { signal }),
  );
}

/** The options were renamed when the importer left Packer, and with it came another API. */
async function assertImporter({ context }: Job, template: string): Promise<void> {
  const { version } = await detectPacker({ env: context.env, signal: context.signal });
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major === 1 && minor < 7) {
    throw refusal(
      `Packer ${version} registers templates through version 1 of Exoscale's API, which an IAM key of today cannot use`,
      'Install Packer 1.7 or later with the exoscale plugin, or remove `packerImport`: the image is then registered without Packer',
    );
  }
  const text = await readFile(template, 'utf8').catch(() => 'exoscale-import');
  if (!text.includes('exoscale-import')) {
    throw refusal(
      `"${template}" has no exoscale-import`,
      'Add that post-processor, or remove `packerImport`',
    );
  }
  if (/\btemplate_zone\b/.test(text) && !/\btemplate_zones\b/.test(text)) {
    throw refusal(
      `"${template}" says "template_zone", as for the importer in Packer 1.6`,
      'The exoscale plugin wants `template_zones`, a list',
    );
  }
}

function refusal(message: string, remedy: string): CliError {
  return new CliError(`Cannot let Packer register the image: ${message}`, {
    exitCode: exitCodes.refused,
    remedy,
  });
}
