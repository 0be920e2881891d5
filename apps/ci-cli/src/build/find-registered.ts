import { basename } from 'node:path';
import { type Exoscale, isExoscaleError, type Template } from '@exoship/exoscale-api';
import { exitCodes } from '../exit-codes.ts';
import type { Job } from '../job.ts';
import { createClient } from '../wiring/create-client.ts';
import type { KeySource } from '../wiring/key-source.ts';
import { withKeys } from '../wiring/with-keys.ts';
import { newestWithInputs } from './newest-with-inputs.ts';
import type { BuildPlan } from './plan-build.ts';
import { within } from './within.ts';

const STAGE = {
  ms: 120_000,
  what: 'find out whether the same inputs are registered',
  exitCode: exitCodes.exoscale,
} as const;
/** An upload that is older belongs to no registration that still runs. */
const YOUNG_MS = 600_000;
const PATIENCE_MS = 60_000;
const LOOK_INTERVAL_MS = 500;

/**
 * Looks before the slow part, with a key of its own: none is alive while Packer runs. A job that was killed while it
 * registered has left its upload behind: then the template may still come, and is waited for.
 */
export async function findRegistered(
  job: Job,
  source: KeySource,
  plan: BuildPlan,
): Promise<Template | undefined> {
  return await within(job, STAGE, async (limited) => {
    const found = await withKeys(limited, source, async (keys) => {
      const exoscale = createClient(limited, source, keys);
      const there = await newestWithInputs(exoscale, plan, limited.context.signal);
      if (plan.packerImport !== undefined) return there;
      const uploads = await youngUploads(limited, exoscale, plan);
      if (there === undefined) return await untilFinished(limited, exoscale, { plan, uploads });
      await discard(limited, exoscale, { plan, uploads, template: there });
      return there;
    });
    if (found !== undefined) {
      job.progress.line(`the same inputs are registered already: ${found.id}`);
    }
    return found;
  });
}

type Uploads = Awaited<ReturnType<Exoscale['storage']['listUploads']>>;

interface Earlier {
  readonly plan: BuildPlan;
  /** Of the same image. */
  readonly uploads: Uploads;
}

async function untilFinished(
  job: Job,
  exoscale: Exoscale,
  { plan, uploads }: Earlier,
): Promise<Template | undefined> {
  const { clock, signal } = job.context;
  if (uploads.length === 0) return undefined;
  job.progress.line('an earlier job left the same image uploaded: waiting for its registration');
  const endsAtMs = clock.monotonicMs() + PATIENCE_MS;
  while (clock.monotonicMs() < endsAtMs) {
    await clock.sleep(LOOK_INTERVAL_MS, { signal });
    const template = await newestWithInputs(exoscale, plan, signal);
    if (template === undefined) continue;
    await discard(job, exoscale, { plan, uploads, template });
    return template;
  }
  job.progress.line('nothing came of it: building again, and leaving its upload to the sweep');
  return undefined;
}

/** Only what was there before the template: a later one is of a job that builds it again. */
async function discard(
  { context, progress }: Job,
  { storage }: Exoscale,
  { plan, uploads, template }: Earlier & { readonly template: Template },
): Promise<void> {
  for (const upload of uploads) {
    if (template.createdAt === undefined || upload.modifiedAt > template.createdAt) continue;
    await storage.discardUpload(plan.bucket, upload, { signal: context.signal });
    progress.line(`removed the upload that an earlier job made ${template.id} of`);
  }
}

/** Whole ones of this very image: an open upload cannot have been registered. */
async function youngUploads(
  { context }: Job,
  { storage }: Exoscale,
  { bucket, image }: BuildPlan,
): Promise<Uploads> {
  const { clock, signal } = context;
  const uploads = await storage.listUploads(bucket, { signal }).catch((error: unknown) => {
    // A role that was made for building need not be allowed to list.
    if (isExoscaleError(error) && error.code === 'forbidden') return [];
    throw error;
  });
  const name = basename(image).replace(/[^\w.-]/g, '_');
  return uploads.filter(
    ({ key, uploadId, modifiedAt }) =>
      uploadId === undefined &&
      key.endsWith(`/${name}`) &&
      modifiedAt.getTime() > clock.now().getTime() - YOUNG_MS,
  );
}
