import { isExoscaleError, type ListedUpload, type Storage } from '@exoship/exoscale-api';
import type { Job } from '../job.ts';
import { type FindLeftBehind, isOldEnough } from './left-behind.ts';

/** Images that were uploaded for an import and never removed: anybody who knows their URL can read them. */
export const leftUploads: FindLeftBehind = async (job, { storage }, scope) => {
  const { bucket } = scope.settings.build;
  const { signal } = job.context;
  return (await uploadsIn(job, storage, bucket))
    .filter(({ modifiedAt }) => isOldEnough(job, modifiedAt, scope))
    .map((upload) => ({
      kind: 'upload',
      id: `${bucket}/${upload.key}`,
      name: upload.key.split('/').at(-1) ?? upload.key,
      madeAt: upload.modifiedAt,
      remove: () => storage.discardUpload(bucket, upload, { signal }),
    }));
};

/** A role that was made for building need not be allowed to list: then there is nothing that we could sweep. */
async function uploadsIn(
  { context, progress }: Job,
  storage: Storage,
  bucket: string,
): Promise<readonly ListedUpload[]> {
  try {
    return await storage.listUploads(bucket, { signal: context.signal });
  } catch (error) {
    if (!isExoscaleError(error) || error.code !== 'forbidden') throw error;
    progress.warn(`the build role may not list bucket ${bucket}: its uploads are not swept`);
    return [];
  }
}
