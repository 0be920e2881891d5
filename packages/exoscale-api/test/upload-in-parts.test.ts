import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { digestFile } from '../src/file-digest.ts';
import { importTemplate } from '../src/import-template.ts';
import type { StoredObject } from '../src/storage.ts';
import { startApi } from './loopback-api.ts';
import { type LoopbackStore, startStore } from './loopback-store.ts';
import { failureOf, makeExoscale } from './make-exoscale.ts';
import { createManualClock } from './manual-clock.ts';
import { type TemporaryFile, temporaryFile } from './temporary-file.ts';

const content = Buffer.from(Array.from({ length: 1_000_000 }, (_, index) => index % 251));
const md5 = createHash('md5').update(content).digest('hex');
const key = 'exoship-import/1/app.qcow2';
const place = `images/${key}`;

async function open(options: object = {}) {
  const file: TemporaryFile = await temporaryFile('app.qcow2', content);
  const store: LoopbackStore = await startStore('ch-gva-2');
  store.buckets.add('images');
  const endpoints = { 'api-endpoint': 'http://127.0.0.1:1/v2', 'sos-endpoint': store.endpoint };
  const api = await startApi({
    'GET /zone': { body: { zones: [{ name: 'ch-gva-2', ...endpoints }] } },
  });
  const { storage } = makeExoscale(api, { clock: createManualClock(new Date()), ...options });
  const digest = await digestFile(file.path, 100_000, undefined);
  const left: string[] = [];
  const sent: number[] = [];
  const object: StoredObject = {
    sizeBytes: digest.sizeBytes,
    contentMd5: digest.md5.toString('base64'),
    parts: digest.parts,
    open: () => createReadStream(file.path),
    readPart: async ({ offset }, target) => {
      content.copy(target, 0, offset);
    },
    onProgress: (bytes) => sent.push(bytes),
    onLeftOpen: (why) => left.push(why),
  };
  return {
    store,
    storage,
    left,
    sent,
    put: (signal?: AbortSignal) => storage.putPublic('images', key, object, signal && { signal }),
    async [Symbol.asyncDispose]() {
      await file[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
      await api.close();
    },
  };
}

const part = 'PUT images/{key}?partNumber&uploadId';
const start = 'POST images/{key}?uploads';
const finish = 'POST images/{key}?uploadId';

describe('uploadInParts()', () => {
  it('uploads every part once and joins them to the same content', async () => {
    await using cloud = await open();
    expect(await cloud.put()).toBe(`${cloud.store.endpoint}/${place}`);
    expect(cloud.store.objects.get(place)).toBe(md5);
    expect(cloud.store.calls.filter((call) => call === part)).toHaveLength(10);
    expect(cloud.store.open.size).toBe(0);
    expect(cloud.sent.at(-1)).toBe(content.length);
  });

  it('repeats no more than the part that failed', async () => {
    await using cloud = await open();
    cloud.store.faults[part] = [503, 'cut', 'cut-after'];
    await cloud.put();
    expect(cloud.store.objects.get(place)).toBe(md5);
    expect(cloud.store.calls.filter((call) => call === part)).toHaveLength(13);
  });

  it('aborts the upload when a part is refused', async () => {
    await using cloud = await open();
    cloud.store.faults[part] = [403];
    expect(await failureOf(cloud.put())).toMatchObject({
      code: 'forbidden',
      call: 'PUT {sos}/{bucket}/{key}?partNumber&uploadId',
    });
    expect(cloud.store.open.size).toBe(0);
    expect(cloud.store.calls.at(-1)).toBe('DELETE images/{key}?uploadId');
  });

  it('aborts the upload when it is cancelled, with the caller’s reason untouched', async () => {
    await using cloud = await open();
    cloud.store.faults[part] = ['stall', 'stall', 'stall', 'stall'];
    const controller = new AbortController();
    const reason = new TypeError('job cancelled');
    const failing = failureOf(cloud.put(controller.signal));
    await expect.poll(() => cloud.store.calls.includes(part)).toBe(true);
    controller.abort(reason);
    expect(await failing).toBe(reason);
    expect(cloud.store.open.size).toBe(0);
  });

  it('leaves no second upload open when the answer to its start was lost', async () => {
    await using cloud = await open();
    cloud.store.faults[start] = ['cut-after'];
    await cloud.put();
    expect(cloud.store.objects.get(place)).toBe(md5);
    expect(cloud.store.open.size).toBe(0);
  });

  it('takes an upload for complete when the answer to that was lost', async () => {
    await using cloud = await open();
    cloud.store.faults[finish] = ['cut-after'];
    expect(await cloud.put()).toBe(`${cloud.store.endpoint}/${place}`);
    expect(cloud.store.calls.at(-1)).toBe('HEAD images/{key}');
  });

  it('does not take another object for the one that it completed', async () => {
    await using cloud = await open();
    cloud.store.faults[finish] = [404];
    expect(await failureOf(cloud.put())).toMatchObject({ code: 'not-found' });
    expect(cloud.store.open.size).toBe(0);
  });

  it('tells of an upload that it could not abort, and hides no error behind it', async () => {
    await using cloud = await open();
    cloud.store.faults[part] = [403];
    cloud.store.faults['DELETE images/{key}?uploadId'] = [403];
    expect(await failureOf(cloud.put())).toMatchObject({ code: 'forbidden' });
    expect(cloud.left).toHaveLength(1);
    expect(cloud.store.open.size).toBe(1);
  });
});

describe('storage.listUploads() and discardUpload()', () => {
  it('find and remove what an import left', async () => {
    await using cloud = await open();
    cloud.store.open.set('one', { key: place, parts: new Map() });
    cloud.store.open.set('other', { key: 'images/backup/1', parts: new Map() });
    const listed = await cloud.storage.listUploads('images');
    expect(listed).toMatchObject([{ key, uploadId: 'one' }]);
    for (const upload of listed) await cloud.storage.discardUpload('images', upload);
    expect([...cloud.store.open.keys()]).toEqual(['other']);
    for (const upload of listed) await cloud.storage.discardUpload('images', upload);
  });
});

it('importTemplate() uploads a large image in parts', async () => {
  const large = Buffer.alloc(40 * 1024 * 1024, 'large');
  const checksum = createHash('md5').update(large).digest('hex');
  await using file = await temporaryFile('large.qcow2', large);
  await using store = await startStore('ch-gva-2');
  let fetched: string | undefined;
  await using api = await startApi({
    'GET /zone': () => {
      const zone = { 'api-endpoint': `${api.origin}/z/v2`, 'sos-endpoint': store.endpoint };
      return { body: { zones: [{ name: 'ch-gva-2', ...zone }] } };
    },
    'GET /template': { body: { templates: [] } },
    'POST /template': ({ body }) => {
      fetched = store.objects.get(JSON.parse(body).url.replace(`${store.endpoint}/`, ''));
      return { body: { id: 'op', state: 'success', reference: { id: 't1' } } };
    },
    'GET /template/t1': { body: { id: 't1', name: 'app', checksum, visibility: 'private' } },
  });
  const exoscale = makeExoscale(api);
  await importTemplate(exoscale, { file: file.path, name: 'app', bucket: 'images' });
  expect(fetched).toBe(checksum);
  expect(store.calls.filter((call) => call === part)).toHaveLength(5);
  expect([store.objects.size, store.open.size]).toEqual([0, 0]);
});
