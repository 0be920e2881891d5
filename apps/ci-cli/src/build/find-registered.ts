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
      const { signal } = limited.context;
      const there = await newestWithInputs(exoscale, plan, signal);
      return there ?? (await untilFinished(limited, exoscale, plan));
    });
    if (found !== undefined) {
      job.progress.line(`the same inputs are registered already: ${found.id}`);
    }
    return found;
  });
}

async function untilFinished(
  job: Job,
  exoscale: Exoscale,
  plan: BuildPlan,
): Promise<Template | undefined> {
  const { clock, signal } = job.context;
  if (plan.packerImport !== undefined) return undefined;
  const uploads = await youngUploads(job, exoscale, plan);
  if (uploads.length === 0) return undefined;
  job.progress.line('an earlier job left the same image uploaded: waiting for its registration');
  const endsAtMs = clock.monotonicMs() + PATIENCE_MS;
  while (clock.monotonicMs() < endsAtMs) {
    await clock.sleep(LOOK_INTERVAL_MS, { signal });
    const template = await newestWithInputs(exoscale, plan, signal);
    if (template === undefined) continue;
    for (const upload of uploads) {
      await exoscale.storage.discardUpload(plan.bucket, upload, { signal });
    }
    job.progress.line('its registration ended well; its upload is removed');
    return template;
  }
  job.progress.line('nothing came of it: building again, and leaving its upload to the sweep');
  return undefined;
}

/** Whole ones of this very image: an open upload cannot have been registered. */
async function youngUploads(
  { context }: Job,
  { storage }: Exoscale,
  { bucket, image }: BuildPlan,
): Promise<Awaited<ReturnType<Exoscale['storage']['listUploads']>>> {
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
