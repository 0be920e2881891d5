import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { StoredObject } from './object-store.ts';
import type { ReceivedBody } from './receive-body.ts';
import { Refusal } from './refusal.ts';

/** What the finished object will be called. */
interface UploadTarget {
  readonly bucket: string;
  readonly key: string;
  readonly contentType: string;
  readonly isPublic: boolean;
  readonly startedAt: Date;
}

interface Upload extends UploadTarget {
  readonly id: string;
}

export interface MultipartUploads {
  start(target: UploadTarget): Upload;
  list(bucket: string): readonly Upload[];
  addPart(id: string, partNumber: number, body: ReceivedBody): Promise<void>;
  /** Joins the parts, in the order named, into `file`. */
  complete(
    id: string,
    parts: readonly { readonly partNumber: number; readonly etag: string }[],
    file: string,
  ): Promise<Omit<StoredObject, 'modifiedAt'>>;
  abort(id: string): Promise<void>;
}

/** S3's limit: every part but the last. */
const smallestPartBytes = 5 * 1024 * 1024;

export function createMultipartUploads(): MultipartUploads {
  const uploads = new Map<string, { upload: Upload; parts: Map<number, ReceivedBody> }>();

  function find(id: string) {
    const found = uploads.get(id);
    if (found === undefined) {
      throw new Refusal(404, 'NoSuchUpload', 'The specified upload does not exist');
    }
    return found;
  }

  async function abort(id: string): Promise<void> {
    const { parts } = find(id);
    uploads.delete(id);
    await Promise.all([...parts.values()].map(({ file }) => rm(file, { force: true })));
  }

  return {
    start(target) {
      const upload = { ...target, id: randomUUID() };
      uploads.set(upload.id, { upload, parts: new Map() });
      return upload;
    },
    list: (bucket) =>
      [...uploads.values()]
        .map(({ upload }) => upload)
        .filter((upload) => upload.bucket === bucket),
    async addPart(id, partNumber, body) {
      const { parts } = find(id);
      const replaced = parts.get(partNumber);
      parts.set(partNumber, body);
      if (replaced !== undefined) await rm(replaced.file, { force: true });
    },
    async complete(id, named, file) {
      const { upload, parts } = find(id);
      const chosen = choose(parts, named);
      const sizeBytes = await join(chosen, file);
      await abort(id);
      const { key, contentType, isPublic } = upload;
      return { key, file, sizeBytes, etag: etagOf(chosen), contentType, isPublic };
    },
    abort,
  };
}

function choose(
  parts: ReadonlyMap<number, ReceivedBody>,
  named: readonly { readonly partNumber: number; readonly etag: string }[],
): readonly ReceivedBody[] {
  if (named.length === 0) throw new Refusal(400, 'MalformedXML', 'The list of parts is empty');
  return named.map(({ partNumber, etag }, index) => {
    const part = parts.get(partNumber);
    if (part === undefined || part.md5 !== etag.replaceAll('"', '')) {
      throw new Refusal(400, 'InvalidPart', `Part ${partNumber} is unknown or has another ETag`);
    }
    if (index > 0 && partNumber <= (named[index - 1]?.partNumber ?? 0)) {
      throw new Refusal(400, 'InvalidPartOrder', 'The parts are not in ascending order');
    }
    if (index < named.length - 1 && part.sizeBytes < smallestPartBytes) {
      throw new Refusal(400, 'EntityTooSmall', `Part ${partNumber} is smaller than 5 MiB`);
    }
    return part;
  });
}

async function join(parts: readonly ReceivedBody[], file: string): Promise<number> {
  for (const part of parts) {
    await pipeline(
      createReadStream(part.file),
      createWriteStream(file, { flags: 'a', mode: 0o600 }),
    );
  }
  return parts.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

/** S3's: the MD5 of the parts' MD5s, and how many there were. */
function etagOf(parts: readonly ReceivedBody[]): string {
  const digests = Buffer.concat(parts.map(({ md5 }) => Buffer.from(md5, 'hex')));
  return `${createHash('md5').update(digests).digest('hex')}-${parts.length}`;
}
