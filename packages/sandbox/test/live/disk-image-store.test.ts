import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createDiskImageStore, type DiskImageStore } from '../../src/live/disk-image-store.ts';
import { appPort } from '../support/app-port.ts';
import { makeBundle } from '../support/make-bundle.ts';

interface Bench extends AsyncDisposable {
  readonly store: DiskImageStore;
  readonly folder: string;
  /** Where these bytes can be fetched. */
  offer(bytes: Uint8Array): { readonly url: string; readonly md5: string };
}

async function openBench(): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), 'exoship-test-'));
  const store = createDiskImageStore(folder);
  const contents: Uint8Array[] = [];
  const server = createServer((request, response) => {
    const bytes = contents[Number(request.url?.slice(1))];
    response.statusCode = bytes === undefined ? 404 : 200;
    response.end(bytes);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    store,
    folder,
    offer(bytes) {
      const url = `${origin}/${contents.push(bytes) - 1}`;
      return { url, md5: createHash('md5').update(bytes).digest('hex') };
    },
    async [Symbol.asyncDispose]() {
      store.close();
      server.closeAllConnections();
      server.close();
      await rm(folder, { recursive: true });
    },
  };
}

test('createDiskImageStore() fetches from an origin what is under the name of its alias', async () => {
  await using bench = await openBench();
  const { bytes } = await makeBundle();
  const { url, md5 } = bench.offer(bytes);
  const { origin, pathname } = new URL(url);
  bench.store.alias('sos-ch-gva-2.exo.io', origin);
  const named = `https://sos-ch-gva-2.exo.io${pathname}`;
  expect(await bench.store.fetch(named, md5)).toMatchObject({ sizeBytes: bytes.length });
  const others = ['https://sos-ch-dk-2.exo.io/0', 'http://sos-ch-gva-2.exo.io/0'];
  for (const other of others) {
    await expect(bench.store.fetch(other, md5)).rejects.toMatchObject({
      code: 'image-unreachable',
    });
  }
});

test('createDiskImageStore() keeps a bundle until it is released', async () => {
  await using bench = await openBench();
  const { bytes } = await makeBundle({ version: '1.2.3' });
  const { url, md5 } = bench.offer(bytes);
  const { image, sizeBytes } = await bench.store.fetch(url, md5.toUpperCase());
  expect(sizeBytes).toBe(bytes.length);
  expect(image).toMatchObject({
    kind: 'bundle',
    manifest: { start: ['node', 'server.mjs'], port: appPort, version: '1.2.3' },
  });
  bench.store.release(image);
  await expect.poll(() => readdir(bench.folder)).toEqual([]);
});

test('createDiskImageStore() keeps a qcow2 disk', async () => {
  await using bench = await openBench();
  const { url, md5 } = bench.offer(Buffer.from('QFI\xfbrest', 'latin1'));
  expect((await bench.store.fetch(url, md5)).image).toMatchObject({ kind: 'qcow2' });
});

test('createDiskImageStore() refuses what it cannot use, says why, and keeps nothing', async () => {
  await using bench = await openBench();
  const noManifest = (await makeBundle()).bytes.subarray(0, 40);
  const refusals: [bytes: Uint8Array, message: string][] = [
    [
      Buffer.from('hello'),
      'neither a bundle (.tar.gz) nor a qcow2 disk: its first bytes are "68656c6c"',
    ],
    [noManifest, 'not a readable .tar.gz'],
    [(await makeBundle({ port: 0 })).bytes, 'needs "port": a whole number between 1 and 65535'],
    [(await makeBundle({ start: [] })).bytes, 'needs "start"'],
    [(await makeBundle({ version: '' })).bytes, 'needs "version"'],
    [(await makeBundle({ ports: [1] })).bytes, 'an unknown key "ports"'],
  ];
  for (const [bytes, message] of refusals) {
    const { url, md5 } = bench.offer(bytes);
    await expect(bench.store.fetch(url, md5)).rejects.toMatchObject({
      code: 'image-invalid',
      message: expect.stringContaining(message),
    });
  }
  expect(await readdir(bench.folder)).toEqual([]);
});

test('createDiskImageStore() refuses an image with another checksum', async () => {
  await using bench = await openBench();
  const { url, md5 } = bench.offer(Buffer.from('x'));
  await expect(bench.store.fetch(url, '0'.repeat(32))).rejects.toMatchObject({
    code: 'image-invalid',
    message: `Image does not match its checksum "${'0'.repeat(32)}": it has md5 ${md5}`,
  });
  expect(await readdir(bench.folder)).toEqual([]);
});

test('createDiskImageStore() fetches from loopback only', async () => {
  await using bench = await openBench();
  for (const url of [
    'https://127.0.0.1/x',
    'http://example.com/x',
    'http://127.evil.com/',
    'no url',
  ]) {
    await expect(bench.store.fetch(url, '')).rejects.toMatchObject({
      code: 'image-unreachable',
      message: expect.stringContaining('only http on a loopback address is allowed'),
    });
  }
});

test('createDiskImageStore() says what went wrong without the query of a presigned URL', async () => {
  await using bench = await openBench();
  const { url } = bench.offer(Buffer.from('x'));
  const missing = `${url.replace(/\d+$/, '99')}?X-Amz-Signature=hidden`;
  const error = (await bench.store.fetch(missing, '').catch((reason: unknown) => reason)) as Error;
  expect(error.message).toMatch(/^Cannot fetch image "http:\/\/127.0.0.1:\d+\/99": status 404$/);
  const nobody = (await bench.store
    .fetch('http://127.0.0.1:2/x', '')
    .catch((reason) => reason)) as Error;
  expect(nobody.message).toContain('ECONNREFUSED');
});
