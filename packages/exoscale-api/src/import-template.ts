import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { checkOptions, checkPositive } from './check-options.ts';
import { ExoscaleError } from './exoscale-error.ts';
import { digestFile, type FileDigest } from './file-digest.ts';
import type { Storage } from './storage.ts';
import { newest, type Template, type Templates } from './templates.ts';

export interface ImportTemplateOptions {
  /** Image on disk (qcow2), up to 5 GiB. */
  readonly file: string;
  /** Name of the template. */
  readonly name: string;
  /** Where the image lies while Exoscale fetches it; created when missing. */
  readonly bucket: string;
  readonly description?: string | undefined;
  readonly version?: string | undefined;
  readonly build?: string | undefined;
  readonly defaultUser?: string | undefined;
  /** @default 'legacy', by Exoscale */
  readonly bootMode?: 'legacy' | 'uefi' | undefined;
  /** @default true */
  readonly sshKeyEnabled?: boolean | undefined;
  /** @default false */
  readonly passwordEnabled?: boolean | undefined;
  /** Returns a template of the same name and checksum instead of a second one. @default true */
  readonly reuse?: boolean | undefined;
  /** For the upload, and again for the registration. @default 1_800_000 */
  readonly deadlineMs?: number | undefined;
  readonly onProgress?: ((progress: ImportProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export type ImportProgress =
  | { readonly type: 'file-digested'; readonly checksum: string; readonly sizeBytes: number }
  | { readonly type: 'bytes-sent'; readonly sentBytes: number; readonly sizeBytes: number }
  | { readonly type: 'registration-started' }
  /** The image could not be removed from the bucket: anybody who knows the URL can read it. */
  | { readonly type: 'object-left'; readonly url: string; readonly why: string };

export interface ImportedTemplate extends Template {
  /** True when it was there already, and nothing was uploaded. */
  readonly reused: boolean;
  /** URL of the uploaded image when it could not be removed. */
  readonly leftObject?: string | undefined;
}

/** The part of `Exoscale` that an import needs. */
export interface ImportClient {
  readonly storage: Storage;
  readonly templates: Templates;
}

const known = [
  'file',
  'name',
  'bucket',
  'description',
  'version',
  'build',
  'defaultUser',
  'bootMode',
  'sshKeyEnabled',
  'passwordEnabled',
  'reuse',
  'deadlineMs',
  'onProgress',
  'signal',
];
/** Most that S3 takes in one PUT. */
const largestFile = 5 * 1024 ** 3;
/** Cleaning up has its own time, so that a cancelled job can do it within its last seconds. */
const cleanupMs = 5_000;

/**
 * Makes a template of an image file: uploads it, has Exoscale fetch it, checks what came of it, and removes the upload
 * in every case. Running it again finds the template by name and checksum.
 */
export async function importTemplate(
  exoscale: ImportClient,
  options: ImportTemplateOptions,
): Promise<ImportedTemplate> {
  checkOptions('importTemplate()', options, known);
  const { file, name, bucket, reuse = true, deadlineMs = 1_800_000, onProgress, signal } = options;
  checkPositive('deadlineMs', deadlineMs);

  const digest = await digestFile(file, signal);
  checkSize(file, digest);
  const checksum = digest.md5.toString('hex');
  onProgress?.({ type: 'file-digested', checksum, sizeBytes: digest.sizeBytes });

  if (reuse) {
    const found = await findSame(exoscale, name, checksum, signal);
    if (found !== undefined) return { ...found, reused: true };
  }

  await exoscale.storage.ensureBucket(bucket, { signal });
  const key = `${randomUUID()}/${basename(file).replace(/[^\w.-]/g, '_')}`;
  const upload = { exoscale, bucket, key, onProgress };
  const { template, leftObject } = await withUpload(upload, async () => {
    const url = await putFile(exoscale, options, key, digest, deadlineMs);
    onProgress?.({ type: 'registration-started' });
    return register(exoscale, options, { url, checksum, deadlineMs });
  });
  return { ...template, reused: false, leftObject };
}

function checkSize(file: string, { sizeBytes }: FileDigest): void {
  if (sizeBytes === 0 || sizeBytes > largestFile) {
    throw new RangeError(
      `Image "${basename(file)}" must have 1 to ${largestFile} bytes: ${sizeBytes}`,
    );
  }
}

async function findSame(
  exoscale: ImportClient,
  name: string,
  checksum: string,
  signal: AbortSignal | undefined,
): Promise<Template | undefined> {
  const templates = await exoscale.templates.list({ visibility: 'private' }, { signal });
  return newest(
    templates.filter((template) => template.name === name && template.checksum === checksum),
  );
}

async function putFile(
  exoscale: ImportClient,
  { file, bucket, onProgress, signal }: ImportTemplateOptions,
  key: string,
  { md5, sizeBytes }: FileDigest,
  deadlineMs: number,
): Promise<string> {
  const deadline = AbortSignal.timeout(deadlineMs);
  try {
    return await exoscale.storage.putPublic(
      bucket,
      key,
      {
        sizeBytes,
        contentMd5: md5.toString('base64'),
        open: () => createReadStream(file, { highWaterMark: 256 * 1024 }),
        onProgress: (sentBytes) => onProgress?.({ type: 'bytes-sent', sentBytes, sizeBytes }),
      },
      { signal: signal === undefined ? deadline : AbortSignal.any([signal, deadline]) },
    );
  } catch (error) {
    signal?.throwIfAborted();
    if (!deadline.aborted) throw error;
    throw new ExoscaleError(`Cannot upload "${basename(file)}" within ${deadlineMs} ms`, {
      code: 'timed-out',
      call: 'PUT {sos}/{bucket}/{key}',
      retryable: true,
      cause: error,
    });
  }
}

async function register(
  exoscale: ImportClient,
  options: ImportTemplateOptions,
  made: { readonly url: string; readonly checksum: string; readonly deadlineMs: number },
): Promise<Template> {
  const { name, description, version, build, defaultUser, bootMode, signal } = options;
  const { sshKeyEnabled, passwordEnabled } = options;
  const { url, checksum, deadlineMs } = made;
  const login = { defaultUser, sshKeyEnabled, passwordEnabled };
  const { id } = await exoscale.templates.register(
    { name, url, checksum, description, version, build, bootMode, ...login },
    { signal, deadlineMs },
  );
  const template = await exoscale.templates.get(id, { signal });
  if (template.name === name && template.checksum === checksum) return template;
  throw new ExoscaleError(
    `Cannot vouch for template "${id}": asked for "${name}" with checksum ${checksum}, it is "${template.name}" with ${template.checksum ?? 'none'}`,
    { code: 'unexpected-change', call: 'GET /template/{id}' },
  );
}

interface UploadPlace {
  readonly exoscale: ImportClient;
  readonly bucket: string;
  readonly key: string;
  readonly onProgress: ImportTemplateOptions['onProgress'];
}

/** Runs `use` and removes the object afterwards, however it ends; that it could not be removed hides no other error. */
async function withUpload(
  place: UploadPlace,
  use: () => Promise<Template>,
): Promise<{ readonly template: Template; readonly leftObject: string | undefined }> {
  let template: Template;
  try {
    template = await use();
  } catch (error) {
    await removeObject(place);
    throw error;
  }
  return { template, leftObject: await removeObject(place) };
}

async function removeObject({
  exoscale,
  bucket,
  key,
  onProgress,
}: UploadPlace): Promise<string | undefined> {
  try {
    await exoscale.storage.delete(bucket, key, { signal: AbortSignal.timeout(cleanupMs) });
    return undefined;
  } catch (error) {
    const url = `${bucket}/${key}`;
    onProgress?.({ type: 'object-left', url, why: error instanceof Error ? error.message : '' });
    return url;
  }
}
