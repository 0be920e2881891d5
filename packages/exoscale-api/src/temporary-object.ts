import type { Storage } from './storage.ts';

/** A cancelled CI job has a few seconds for all of its cleaning up. */
const cancelledCleanupMs = 2_000;
const cleanupMs = 10_000;

/** Where an object lies for as long as it is used. */
export interface ObjectPlace {
  readonly storage: Pick<Storage, 'delete'>;
  readonly bucket: string;
  readonly key: string;
  readonly signal: AbortSignal | undefined;
  readonly onLeft: (path: string, why: string) => void;
}

/**
 * Runs `use` and removes the object afterwards, however it ends, on a signal of its own. That it could not be removed
 * hides no other error: it is told by `onLeft` and in `leftObject`.
 */
export async function withTemporaryObject<T>(
  place: ObjectPlace,
  use: () => Promise<T>,
): Promise<{ readonly result: T; readonly leftObject: string | undefined }> {
  let result: T;
  try {
    result = await use();
  } catch (error) {
    await removeObject(place);
    throw error;
  }
  return { result, leftObject: await removeObject(place) };
}

async function removeObject(place: ObjectPlace): Promise<string | undefined> {
  const { storage, bucket, key, signal, onLeft } = place;
  const limitMs = signal?.aborted ? cancelledCleanupMs : cleanupMs;
  try {
    await storage.delete(bucket, key, { signal: AbortSignal.timeout(limitMs) });
    return undefined;
  } catch (error) {
    const path = `${bucket}/${key}`;
    onLeft(path, error instanceof Error ? error.message : String(error));
    return path;
  }
}
