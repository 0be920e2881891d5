import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { noSuchBucket, noSuchKey, Refusal } from './refusal.ts';

export interface StoredObject {
  readonly key: string;
  readonly file: string;
  readonly sizeBytes: number;
  /** Without quotes. */
  readonly etag: string;
  readonly contentType: string;
  /** ACL `public-read`: readable without a signature. */
  readonly isPublic: boolean;
  readonly modifiedAt: Date;
}

export interface Bucket {
  readonly name: string;
  readonly zone: string;
  readonly createdAt: Date;
  readonly objects: Map<string, StoredObject>;
}

/** Contents are files; names are in memory, as long as the sandbox lives. */
export interface ObjectStore {
  buckets(): readonly Bucket[];
  bucket(name: string): Bucket;
  createBucket(name: string, zone: string, createdAt: Date): void;
  deleteBucket(name: string): void;
  object(bucket: string, key: string): StoredObject;
  /** Replaces what was there under the same key. */
  put(bucket: string, object: StoredObject): Promise<void>;
  /** Deleting what is not there succeeds, as in S3. */
  delete(bucket: string, key: string): Promise<void>;
  /** A path for a file that does not exist yet. */
  newFile(): string;
}

const bucketName = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** `folder` exists, and belongs to the store. */
export function createObjectStore(folder: string): ObjectStore {
  const byName = new Map<string, Bucket>();

  function bucket(name: string): Bucket {
    const found = byName.get(name);
    if (found === undefined) throw noSuchBucket();
    return found;
  }

  return {
    buckets: () => [...byName.values()],
    bucket,
    createBucket(name, zone, createdAt) {
      if (!bucketName.test(name)) {
        throw new Refusal(400, 'InvalidBucketName', 'The specified bucket is not valid');
      }
      if (byName.has(name)) {
        throw new Refusal(409, 'BucketAlreadyOwnedByYou', 'The bucket exists and is yours');
      }
      byName.set(name, { name, zone, createdAt, objects: new Map() });
    },
    deleteBucket(name) {
      if (bucket(name).objects.size > 0) {
        throw new Refusal(409, 'BucketNotEmpty', 'The bucket you tried to delete is not empty');
      }
      byName.delete(name);
    },
    object(name, key) {
      const found = bucket(name).objects.get(key);
      if (found === undefined) throw noSuchKey();
      return found;
    },
    async put(name, object) {
      const { objects } = bucket(name);
      const replaced = objects.get(object.key);
      objects.set(object.key, object);
      if (replaced !== undefined) await rm(replaced.file, { force: true });
    },
    async delete(name, key) {
      const { objects } = bucket(name);
      const removed = objects.get(key);
      objects.delete(key);
      if (removed !== undefined) await rm(removed.file, { force: true });
    },
    newFile: () => join(folder, randomUUID()),
  };
}
