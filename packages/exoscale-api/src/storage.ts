import type { CallOptions, Client } from './client.ts';
import { isExoscaleError } from './exoscale-error.ts';
import type { FilePart } from './file-digest.ts';
import { type ListedUpload, readList, readOpenUploads, uploadPrefix } from './listed-object.ts';
import { createStorageRequest, type StorageOptions } from './storage-request.ts';
import { abortUpload, uploadInParts } from './upload-in-parts.ts';
import type { UploadBody } from './upload-stream.ts';

export interface StoredObject extends UploadBody {
  readonly contentMd5: string;
  /** More than one: each is uploaded by itself, several at a time. */
  readonly parts: readonly FilePart[];
  /** Fills `target`, which is as long as the part. */
  readonly readPart: (part: FilePart, target: Uint8Array) => Promise<void>;
  /** Told when an upload in parts failed and could not be aborted: it takes room in the bucket. */
  readonly onLeftOpen?: ((why: string) => void) | undefined;
}

/** Object storage (SOS): as much of S3 as an image import needs. Path style, SigV4, region = zone. */
export interface Storage {
  /** Creates the bucket unless it is there. */
  ensureBucket(bucket: string, options?: CallOptions): Promise<void>;
  /** Uploads an object that anybody who knows its URL can read, and resolves with that URL. */
  putPublic(
    bucket: string,
    key: string,
    object: StoredObject,
    options?: CallOptions,
  ): Promise<string>;
  /** Deleting what is gone is no error. */
  delete(bucket: string, key: string, options?: CallOptions): Promise<void>;
  /** What `importTemplate()` has left there, or is about to use: the first thousand objects and open uploads. */
  listUploads(bucket: string, options?: CallOptions): Promise<readonly ListedUpload[]>;
  /** Deletes the object, or aborts the open upload; no error when it is gone. */
  discardUpload(bucket: string, upload: ListedUpload, options?: CallOptions): Promise<void>;
}

export function createStorage(client: Client, options: StorageOptions): Storage {
  const request = createStorageRequest(client, options);

  async function remove(bucket: string, key: string, { signal }: CallOptions = {}): Promise<void> {
    try {
      await request({ method: 'DELETE', path: [bucket, key], signal });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  return {
    ensureBucket: async (bucket, { signal } = {}) => {
      try {
        await request({ method: 'HEAD', path: [bucket], signal });
      } catch (error) {
        // A key may be allowed to write objects but not to look at the bucket: the upload will tell.
        if (isExoscaleError(error) && error.code === 'forbidden') return;
        if (!isNotFound(error)) throw error;
        await createBucket(bucket, signal);
      }
    },
    putPublic: async (bucket, key, object, { signal } = {}) => {
      const headers = {
        'content-type': 'application/octet-stream',
        'x-amz-acl': 'public-read',
      };
      if (object.parts.length > 1) {
        return uploadInParts({ request, bucket, key, object, headers }, signal);
      }
      const whole = {
        ...headers,
        'content-length': String(object.sizeBytes),
        'content-md5': object.contentMd5,
      };
      const call = { method: 'PUT', path: [bucket, key], headers: whole, signal } as const;
      return (await request({ ...call, body: object })).url;
    },
    delete: remove,
    listUploads: async (bucket, { signal } = {}) => {
      const list = { 'list-type': '2', prefix: uploadPrefix };
      const uploads = { uploads: '', prefix: uploadPrefix };
      try {
        const answers = await Promise.all(
          [list, uploads].map((query) => request({ method: 'GET', path: [bucket], query, signal })),
        );
        return [...readList(answers[0]?.body ?? ''), ...readOpenUploads(answers[1]?.body ?? '')];
      } catch (error) {
        if (isNotFound(error)) return [];
        throw error;
      }
    },
    discardUpload: async (bucket, { key, uploadId }, { signal } = {}) => {
      if (uploadId === undefined) await remove(bucket, key, { signal });
      else await abortUpload(request, { bucket, key, uploadId }, signal);
    },
  };

  async function createBucket(bucket: string, signal: AbortSignal | undefined): Promise<void> {
    try {
      await request({ method: 'PUT', path: [bucket], signal });
    } catch (error) {
      if (!isExoscaleError(error) || error.code !== 'conflict') throw error;
      // Somebody was quicker: when that was another job of ours, the bucket is there now.
      await request({ method: 'HEAD', path: [bucket], signal }).catch(() => {
        throw error;
      });
    }
  }
}

function isNotFound(error: unknown): boolean {
  return isExoscaleError(error) && error.code === 'not-found';
}
