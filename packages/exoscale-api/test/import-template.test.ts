import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Exoscale } from '../src/exoscale.ts';
import type { ImportProgress } from '../src/import-options.ts';
import { importTemplate } from '../src/import-template.ts';
import { type Answer, type LoopbackApi, type Received, startApi } from './loopback-api.ts';
import { type LoopbackStore, startStore } from './loopback-store.ts';
import { failureOf, makeExoscale } from './make-exoscale.ts';
import { createManualClock } from './manual-clock.ts';
import { temporaryFile } from './temporary-file.ts';

const image = Buffer.alloc(3 * 1024 * 1024, 'image');
const checksum = createHash('md5').update(image).digest('hex');
const done: Answer = { body: { id: 'op', state: 'success', reference: { id: 't1' } } };
const registered = {
  id: 't1',
  name: 'app',
  checksum,
  visibility: 'private',
  'created-at': '2026-01-02T03:04:05Z',
};

type Script = Record<string, Answer | readonly Answer[] | ((request: Received) => Answer)>;

interface Cloud extends AsyncDisposable {
  readonly api: LoopbackApi;
  readonly store: LoopbackStore;
  readonly exoscale: Exoscale;
}

async function startCloud(script: Script = {}, options: object = {}): Promise<Cloud> {
  const store = await startStore('ch-gva-2');
  const api: LoopbackApi = await startApi({
    'GET /zone': () => ({
      body: {
        zones: [
          {
            name: 'ch-gva-2',
            'api-endpoint': `${api.origin}/z/v2`,
            'sos-endpoint': store.endpoint,
          },
        ],
      },
    }),
    'GET /template': { body: { templates: [] } },
    'POST /template': done,
    'GET /template/t1': { body: registered },
    ...script,
  } as Parameters<typeof startApi>[0]);
  const exoscale = makeExoscale(api, { clock: createManualClock(new Date()), ...options });
  return {
    api,
    store,
    exoscale,
    async [Symbol.asyncDispose]() {
      await api.close();
      await store[Symbol.asyncDispose]();
    },
  };
}

describe('importTemplate()', () => {
  it('uploads, registers, checks and removes the upload', async () => {
    await using file = await temporaryFile('app image.qcow2', image);
    await using cloud = await startCloud({
      'POST /template': ({ body }) => {
        const { url } = JSON.parse(body);
        const path = url.replace(`${cloud.store.endpoint}/`, '');
        expect(path).toMatch(/^images\/exoship-import\/[\w-]{36}\/app_image\.qcow2$/);
        expect(cloud.store.objects.get(path)).toBe(checksum);
        return done;
      },
    });
    const progress: ImportProgress[] = [];
    const template = await importTemplate(cloud.exoscale, {
      file: file.path,
      name: 'app',
      bucket: 'images',
      version: '7',
      bootMode: 'uefi',
      onProgress: (event) => progress.push(event),
    });
    expect(template).toMatchObject({
      id: 't1',
      name: 'app',
      checksum,
      reused: false,
      leftObject: undefined,
    });
    expect(cloud.store.calls).toEqual([
      'HEAD images',
      'PUT images',
      'PUT images/{key}',
      'DELETE images/{key}',
    ]);
    expect(cloud.store.objects.size).toBe(0);
    expect(
      JSON.parse(cloud.api.received.find((call) => call.method === 'POST')?.body ?? ''),
    ).toMatchObject({
      name: 'app',
      checksum,
      version: '7',
      'boot-mode': 'uefi',
      'ssh-key-enabled': true,
      'password-enabled': false,
    });
    expect(progress.map((event) => event.type).filter((type) => type !== 'bytes-sent')).toEqual([
      'file-digested',
      'registration-started',
    ]);
    expect(progress.findLast((event) => event.type === 'bytes-sent')).toMatchObject({
      sentBytes: image.length,
    });
  });

  it('streams the file with its length, publicly readable, with its MD5', async () => {
    await using file = await temporaryFile('app.qcow2', image);
    await using cloud = await startCloud();
    await importTemplate(cloud.exoscale, { file: file.path, name: 'app', bucket: 'images' });
    const [upload] = cloud.store.uploads;
    expect(upload).toMatchObject({
      sizeBytes: image.length,
      headers: {
        'content-length': `${image.length}`,
        'content-md5': Buffer.from(checksum, 'hex').toString('base64'),
        'x-amz-acl': 'public-read',
      },
    });
    expect(upload?.headers['transfer-encoding']).toBeUndefined();
    expect(upload?.largestChunk).toBeLessThan(image.length);
  });

  it('returns the template of the same name and checksum instead of a second one', async () => {
    await using file = await temporaryFile('app.qcow2', image);
    const other = { ...registered, id: 'other', checksum: 'else' };
    const templates = [
      other,
      { ...registered, id: 'older', 'created-at': '2025-01-01T00:00:00Z' },
      registered,
    ];
    await using cloud = await startCloud({ 'GET /template': { body: { templates } } });
    const options = { file: file.path, name: 'app', bucket: 'images' };
    expect(await importTemplate(cloud.exoscale, options)).toMatchObject({ id: 't1', reused: true });
    expect(cloud.store.calls).toEqual([]);
    expect(await importTemplate(cloud.exoscale, { ...options, reuse: false })).toMatchObject({
      reused: false,
    });
  });

  it.each<[string, Script, string]>([
    ['is refused', { 'POST /template': { status: 400 } }, 'invalid'],
    [
      'fails at once',
      { 'POST /template': { body: { id: 'op', state: 'failure', reason: 'incorrect' } } },
      'operation-failed',
    ],
    [
      'fails later',
      {
        'POST /template': { body: { id: 'op', state: 'pending' } },
        'GET /operation/op': { body: { id: 'op', state: 'failure' } },
      },
      'operation-failed',
    ],
    [
      'stays pending',
      {
        'POST /template': { body: { id: 'op', state: 'pending' } },
        'GET /operation/op': { body: { id: 'op', state: 'pending' } },
      },
      'timed-out',
    ],
    [
      'makes something else',
      { 'GET /template/t1': { body: { ...registered, checksum: 'else' } } },
      'unexpected-change',
    ],
  ])('removes the upload when the registration %s', async (_, script, code) => {
    await using file = await temporaryFile('app.qcow2', 'image');
    const sum = createHash('md5').update('image').digest('hex');
    await using cloud = await startCloud({
      'GET /template/t1': { body: { ...registered, checksum: sum } },
      ...script,
    });
    const importing = importTemplate(cloud.exoscale, {
      file: file.path,
      name: 'app',
      bucket: 'images',
      deadlineMs: 60_000,
    });
    await expect(importing).rejects.toMatchObject({ code });
    expect(cloud.store.uploads).toHaveLength(1);
    expect(cloud.store.objects.size).toBe(0);
  });

  it('names the template that is not what was uploaded', async () => {
    await using file = await temporaryFile('app.qcow2', 'image');
    await using cloud = await startCloud({
      'GET /template/t1': { body: { ...registered, checksum: 'else' } },
    });
    const progress: ImportProgress[] = [];
    const importing = importTemplate(cloud.exoscale, {
      file: file.path,
      name: 'app',
      bucket: 'images',
      onProgress: (event) => progress.push(event),
    });
    await expect(importing).rejects.toMatchObject({ code: 'unexpected-change' });
    expect(progress).toContainEqual({ type: 'template-differs', templateId: 't1' });
  });

  it('removes the upload when it is cancelled, with the caller’s reason untouched', async () => {
    await using file = await temporaryFile('app.qcow2', image);
    const controller = new AbortController();
    const reason = new TypeError('job cancelled');
    await using cloud = await startCloud({
      'POST /template': () => {
        controller.abort(reason);
        return 'stall';
      },
    });
    const options = { file: file.path, name: 'app', bucket: 'images', signal: controller.signal };
    expect(await failureOf(importTemplate(cloud.exoscale, options))).toBe(reason);
    expect(cloud.store.objects.size).toBe(0);
    expect(cloud.store.calls.at(-1)).toBe('DELETE images/{key}');
  });

  it('uploads again from the start when the upload breaks', async () => {
    await using file = await temporaryFile('app.qcow2', image);
    await using cloud = await startCloud();
    cloud.store.buckets.add('images');
    cloud.store.faults.PUT = [503, 'cut'];
    await importTemplate(cloud.exoscale, { file: file.path, name: 'app', bucket: 'images' });
    expect(cloud.store.calls.filter((call) => call.startsWith('PUT'))).toHaveLength(3);
    expect(cloud.store.uploads).toHaveLength(1);
  });

  it('gives up an upload in which nothing moves', async () => {
    await using file = await temporaryFile('app.qcow2', image);
    await using cloud = await startCloud({}, { requestTimeoutMs: 200 });
    cloud.store.buckets.add('images');
    cloud.store.faults.PUT = ['stall', 'stall', 'stall'];
    const options = { file: file.path, name: 'app', bucket: 'images' };
    await expect(importTemplate(cloud.exoscale, options)).rejects.toMatchObject({
      code: 'timed-out',
      call: 'PUT {sos}/{bucket}/{key}',
    });
    expect(cloud.store.calls.at(-1)).toBe('DELETE images/{key}');
  });

  it('gives up an upload at its deadline', async () => {
    await using file = await temporaryFile('app.qcow2', image);
    await using cloud = await startCloud();
    cloud.store.buckets.add('images');
    cloud.store.faults.PUT = ['stall'];
    const options = { file: file.path, name: 'app', bucket: 'images', deadlineMs: 100 };
    await expect(importTemplate(cloud.exoscale, options)).rejects.toMatchObject({
      code: 'timed-out',
      message: 'Cannot upload "app.qcow2" within 100 ms',
    });
  });

  it('tells where the upload is when it cannot be removed', async () => {
    await using file = await temporaryFile('app.qcow2', image);
    await using cloud = await startCloud();
    cloud.store.faults.DELETE = [403];
    const progress: ImportProgress[] = [];
    const template = await importTemplate(cloud.exoscale, {
      file: file.path,
      name: 'app',
      bucket: 'images',
      onProgress: (event) => progress.push(event),
    });
    expect(template.leftObject).toMatch(/^images\/exoship-import\/[\w-]{36}\/app\.qcow2$/);
    expect(progress.at(-1)).toEqual({
      type: 'object-left',
      path: template.leftObject,
      why: 'Cannot complete "DELETE {sos}/{bucket}/{key}": answered 403: Refused: By this test',
    });
  });

  it('hides no error behind an upload that cannot be removed', async () => {
    await using file = await temporaryFile('app.qcow2', image);
    await using cloud = await startCloud({ 'POST /template': { status: 400 } });
    cloud.store.faults.DELETE = [403];
    const options = { file: file.path, name: 'app', bucket: 'images' };
    await expect(importTemplate(cloud.exoscale, options)).rejects.toMatchObject({
      code: 'invalid',
    });
  });

  it('works with a key that may not look at the bucket', async () => {
    await using file = await temporaryFile('app.qcow2', image);
    await using cloud = await startCloud();
    cloud.store.buckets.add('images');
    cloud.store.faults.HEAD = [403];
    await importTemplate(cloud.exoscale, { file: file.path, name: 'app', bucket: 'images' });
    expect(cloud.store.calls).toEqual(['HEAD images', 'PUT images/{key}', 'DELETE images/{key}']);
  });

  it('takes a bucket that another job has just created', async () => {
    await using file = await temporaryFile('app.qcow2', image);
    await using cloud = await startCloud();
    cloud.store.buckets.add('images');
    cloud.store.faults.HEAD = [404];
    cloud.store.faults.PUT = [409];
    await importTemplate(cloud.exoscale, { file: file.path, name: 'app', bucket: 'images' });
    expect(cloud.store.calls.slice(0, 3)).toEqual(['HEAD images', 'PUT images', 'HEAD images']);
  });

  it('refuses a bucket that is somebody else’s', async () => {
    await using file = await temporaryFile('app.qcow2', image);
    await using cloud = await startCloud();
    cloud.store.faults.HEAD = [404, 403];
    cloud.store.faults.PUT = [409];
    const options = { file: file.path, name: 'app', bucket: 'images' };
    await expect(importTemplate(cloud.exoscale, options)).rejects.toMatchObject({
      code: 'conflict',
      call: 'PUT {sos}/{bucket}',
    });
    expect(cloud.store.uploads).toHaveLength(0);
  });

  it.each(['', '..', 'a/../b'])('refuses the bucket "%s"', async (bucket) => {
    await using file = await temporaryFile('app.qcow2', image);
    await using cloud = await startCloud();
    const importing = importTemplate(cloud.exoscale, { file: file.path, name: 'app', bucket });
    await expect(importing).rejects.toThrow(TypeError);
    expect(cloud.store.calls).toEqual([]);
  });

  it('refuses an empty image and an unknown option', async () => {
    await using file = await temporaryFile('app.qcow2', '');
    await using cloud = await startCloud();
    const options = { file: file.path, name: 'app', bucket: 'images' };
    await expect(importTemplate(cloud.exoscale, options)).rejects.toThrow(RangeError);
    await expect(
      importTemplate(cloud.exoscale, { ...options, zone: 'z' } as never),
    ).rejects.toThrow(TypeError);
    expect(cloud.store.calls).toEqual([]);
  });
});
