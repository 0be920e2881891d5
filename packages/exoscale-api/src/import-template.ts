import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { checkOptions, checkPositive, checkText } from './check-options.ts';
import { ExoscaleError } from './exoscale-error.ts';
import { digestFile, type FileDigest, type FilePart } from './file-digest.ts';
import {
  type ImportClient,
  type ImportedTemplate,
  type ImportTemplateOptions,
  importOptionKeys,
} from './import-options.ts';
import { uploadPrefix } from './listed-object.ts';
import { newest, type Template } from './templates.ts';
import { withTemporaryObject } from './temporary-object.ts';

/** Several of them are in memory at once; so large that the number of requests does not count. */
const partBytes = 8 * 1024 ** 2;

/** S3 takes 10 000 parts. */
const largestFile = 10_000 * partBytes;

/**
 * Makes a template of an image file: uploads it, has Exoscale fetch it, checks what came of it, and removes the upload
 * in every case. Running it again finds the template by name and checksum.
 */
export async function importTemplate(
  exoscale: ImportClient,
  options: ImportTemplateOptions,
): Promise<ImportedTemplate> {
  checkOptions('importTemplate()', options, importOptionKeys);
  const { file, name, bucket, reuse = true, deadlineMs = 1_800_000, onProgress, signal } = options;
  for (const key of ['file', 'name', 'bucket'] as const) checkText(key, options[key]);
  checkPositive('deadlineMs', deadlineMs);

  const digest = await digestFile(file, partBytes, signal);
  checkSize(file, digest);
  const checksum = digest.md5.toString('hex');
  onProgress?.({ type: 'file-digested', checksum, sizeBytes: digest.sizeBytes });

  if (reuse) {
    const found = await findSame(exoscale, name, checksum, signal);
    if (found !== undefined) return { ...found, reused: true };
  }

  await exoscale.storage.ensureBucket(bucket, { signal });
  const key = `${uploadPrefix}${randomUUID()}/${basename(file).replace(/[^\w.-]/g, '_')}`;
  const onLeft = (path: string, why: string): void =>
    onProgress?.({ type: 'object-left', path, why });
  const place = { storage: exoscale.storage, bucket, key, signal, onLeft };
  const { result, leftObject } = await withTemporaryObject(place, async () => {
    const url = await putFile(exoscale, options, key, digest, deadlineMs);
    onProgress?.({ type: 'registration-started' });
    return register(exoscale, options, { url, checksum, deadlineMs });
  });
  return { ...result, reused: false, leftObject };
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
  { md5, sizeBytes, parts }: FileDigest,
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
        parts,
        open: () => createReadStream(file),
        readPart: (part, target) => readPart(file, part, target),
        onProgress: (sentBytes) => onProgress?.({ type: 'bytes-sent', sentBytes, sizeBytes }),
        onLeftOpen: (why) => onProgress?.({ type: 'object-left', path: `${bucket}/${key}`, why }),
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

async function readPart(
  file: string,
  { offset, sizeBytes }: FilePart,
  target: Uint8Array,
): Promise<void> {
  await using handle = await open(file);
  for (let done = 0; done < sizeBytes; ) {
    const { bytesRead } = await handle.read(target, done, sizeBytes - done, offset + done);
    if (bytesRead === 0) throw new RangeError(`Image "${basename(file)}" has become shorter`);
    done += bytesRead;
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
  options.onProgress?.({ type: 'template-differs', templateId: id });
  throw new ExoscaleError(
    `Cannot vouch for template "${id}": asked for "${name}" with checksum ${checksum}, it is "${template.name}" with ${template.checksum ?? 'none'}`,
    { code: 'unexpected-change', call: 'GET /template/{id}' },
  );
}
