import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AwsClient } from 'aws4fetch';
import { expect, test } from 'vitest';
import { openHttpFront } from '../../src/live/http-front.ts';
import { createSos } from '../../src/sos/create-sos.ts';
import { createObjectStore } from '../../src/sos/object-store.ts';

const key = 'EXOkey';
const secret = 'secret-of-the-key';
const md5 = (bytes: Uint8Array, encoding: 'hex' | 'base64') =>
  createHash('md5').update(bytes).digest(encoding);

interface Bench extends AsyncDisposable {
  readonly origin: string;
  readonly folder: string;
  readonly problems: unknown[];
  send(
    method: string,
    path: string,
    init?: RequestInit & { aws?: { region: string } },
  ): Promise<Response>;
}

async function openBench(isAllowed: (operation: string) => boolean = () => true): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), 'exoship-test-'));
  const problems: unknown[] = [];
  const iam = {
    secretOf: (candidate: string) => (candidate === key ? secret : undefined),
    allows: (_key: string, _service: string, operation: string) => isAllowed(operation),
  };
  const sos = createSos({
    store: createObjectStore(folder),
    zones: ['ch-gva-2', 'ch-dk-2'],
    iam,
    now: () => new Date(),
  });
  const front = await openHttpFront(0, sos, (problem) => problems.push(problem));
  const client = new AwsClient({
    accessKeyId: key,
    secretAccessKey: secret,
    service: 's3',
    region: 'ch-gva-2',
    retries: 0,
  });
  return {
    origin: front.origin,
    folder,
    problems,
    send: (method, path, init) => client.fetch(`${front.origin}${path}`, { method, ...init }),
    async [Symbol.asyncDispose]() {
      await front.close();
      await rm(folder, { recursive: true });
      expect(problems).toEqual([]);
    },
  };
}

async function codeOf(response: Response): Promise<string> {
  return `${response.status} ${/<Code>(.*)<\/Code>/.exec(await response.text())?.[1]}`;
}

test('createSos() stores, shows, lists and deletes an object', async () => {
  await using bench = await openBench();
  const body = randomBytes(100_000);
  expect((await bench.send('PUT', '/images')).status).toBe(200);
  const put = await bench.send('PUT', '/images/dir/a%20%26%20b.img', {
    body,
    headers: { 'content-type': 'application/x-image', 'content-md5': md5(body, 'base64') },
  });
  expect(put.headers.get('etag')).toBe(`"${md5(body, 'hex')}"`);

  const head = await bench.send('HEAD', '/images/dir/a%20%26%20b.img');
  expect(head.headers.get('content-length')).toBe('100000');
  expect(head.headers.get('content-type')).toBe('application/x-image');
  const got = await bench.send('GET', '/images/dir/a%20%26%20b.img');
  expect(Buffer.from(await got.arrayBuffer()).equals(body)).toBe(true);
  const list = await (await bench.send('GET', '/images?list-type=2&prefix=dir%2F')).text();
  expect(list).toContain('<Key>dir/a &amp; b.img</Key>');

  expect((await bench.send('DELETE', '/images/dir/a%20%26%20b.img')).status).toBe(204);
  expect(await codeOf(await bench.send('GET', '/images/dir/a%20%26%20b.img'))).toBe(
    '404 NoSuchKey',
  );
  expect(await readdir(bench.folder)).toEqual([]);
});

test('createSos() tells the region of a bucket, and that there is none', async () => {
  await using bench = await openBench();
  await bench.send('PUT', '/images');
  const head = await bench.send('HEAD', '/images');
  expect(head.headers.get('x-amz-bucket-region')).toBe('ch-gva-2');
  expect((await bench.send('HEAD', '/others')).status).toBe(404);
  expect(await codeOf(await bench.send('PUT', '/images'))).toBe('409 BucketAlreadyOwnedByYou');
  expect(await codeOf(await bench.send('PUT', '/No'))).toBe('400 InvalidBucketName');
  expect(await (await bench.send('GET', '/')).text()).toContain('<Name>images</Name>');
  await bench.send('PUT', '/images/a', { body: 'x' });
  expect(await codeOf(await bench.send('DELETE', '/images'))).toBe('409 BucketNotEmpty');
});

test('createSos() keeps a bucket in the zone that its creation was signed for', async () => {
  await using bench = await openBench();
  const aws = { region: 'ch-dk-2' };
  expect((await bench.send('PUT', '/danish', { aws })).status).toBe(200);
  const head = await bench.send('HEAD', '/danish');
  expect(head.headers.get('x-amz-bucket-region')).toBe('ch-dk-2');
  const abroad = await bench.send('HEAD', '/danish', { aws: { region: 'mars-1' } });
  expect(abroad.status).toBe(400);
});

test('createSos() lets strangers read public objects and nothing else', async () => {
  await using bench = await openBench();
  await bench.send('PUT', '/images');
  await bench.send('PUT', '/images/open', { body: 'x', headers: { 'x-amz-acl': 'public-read' } });
  await bench.send('PUT', '/images/closed', { body: 'x' });
  expect(await (await fetch(`${bench.origin}/images/open`)).text()).toBe('x');
  expect(await codeOf(await fetch(`${bench.origin}/images/closed`))).toBe('403 AccessDenied');
  expect(await codeOf(await fetch(`${bench.origin}/images/missing`))).toBe('403 AccessDenied');
  expect(await codeOf(await fetch(`${bench.origin}/images`))).toBe('403 AccessDenied');
  const put = await fetch(`${bench.origin}/images/open`, { method: 'PUT', body: 'y' });
  expect(await codeOf(put)).toBe('403 AccessDenied');
});

test('createSos() refuses a body that is not what was announced and keeps no file', async () => {
  await using bench = await openBench();
  await bench.send('PUT', '/images');
  const wrongMd5 = { body: 'x', headers: { 'content-md5': md5(Buffer.from('y'), 'base64') } };
  expect(await codeOf(await bench.send('PUT', '/images/a', wrongMd5))).toBe('400 BadDigest');
  const wrongHash = {
    body: 'x',
    headers: { 'x-amz-content-sha256': createHash('sha256').update('y').digest('hex') },
  };
  const refused = await bench.send('PUT', '/images/a', wrongHash);
  expect(await codeOf(refused)).toBe('400 XAmzContentSHA256Mismatch');
  expect(await readdir(bench.folder)).toEqual([]);
});

test('createSos() asks IAM for every signed operation', async () => {
  await using bench = await openBench((operation) => operation !== 'put-object');
  await bench.send('PUT', '/images');
  expect(await codeOf(await bench.send('PUT', '/images/a', { body: 'x' }))).toBe(
    '403 AccessDenied',
  );
  expect((await bench.send('HEAD', '/images')).status).toBe(200);
});

test('createSos() rolls up keys at the delimiter and pages', async () => {
  await using bench = await openBench();
  await bench.send('PUT', '/images');
  for (const name of ['a', 'b/1', 'b/2', 'c']) {
    await bench.send('PUT', `/images/${name}`, { body: 'x' });
  }
  const first = await (
    await bench.send('GET', '/images?list-type=2&delimiter=%2F&max-keys=2')
  ).text();
  expect(first).toContain('<CommonPrefixes><Prefix>b/</Prefix></CommonPrefixes>');
  expect(first).toContain('<IsTruncated>true</IsTruncated>');
  const token = /<NextContinuationToken>(.*)<\/NextContinuationToken>/.exec(first)?.[1] ?? '';
  const query = `list-type=2&delimiter=%2F&continuation-token=${encodeURIComponent(token)}`;
  const second = await (await bench.send('GET', `/images?${query}`)).text();
  expect(second.match(/<Key>.*?<\/Key>/g)).toEqual(['<Key>c</Key>']);
  expect(second).toContain('<IsTruncated>false</IsTruncated>');
});

test('createSos() deletes many objects in one call', async () => {
  await using bench = await openBench();
  await bench.send('PUT', '/images');
  await bench.send('PUT', '/images/a%26b', { body: 'x' });
  await bench.send('PUT', '/images/c', { body: 'x' });
  const body =
    '<Delete><Object><Key>a&amp;b</Key></Object><Object><Key>gone</Key></Object></Delete>';
  expect((await bench.send('POST', '/images?delete=', { body })).status).toBe(200);
  expect(await readdir(bench.folder)).toHaveLength(1);
});

test('createSos() joins the parts of a multipart upload', async () => {
  await using bench = await openBench();
  await bench.send('PUT', '/images');
  const started = await bench.send('POST', '/images/big?uploads=', {
    headers: { 'x-amz-acl': 'public-read' },
  });
  const id = /<UploadId>(.*)<\/UploadId>/.exec(await started.text())?.[1];
  const parts = [randomBytes(5 * 1024 * 1024), randomBytes(1000)];
  const etags = await Promise.all(
    parts.map(async (body, index) => {
      const path = `/images/big?partNumber=${index + 1}&uploadId=${id}`;
      return (await bench.send('PUT', path, { body })).headers.get('etag');
    }),
  );
  const body = etags
    .map(
      (etag, index) =>
        `<Part><ETag>&#34;${etag?.slice(1, -1)}&#34;</ETag><PartNumber>${index + 1}</PartNumber></Part>`,
    )
    .join('');
  const done = await bench.send('POST', `/images/big?uploadId=${id}`, {
    body: `<CompleteMultipartUpload>${body}</CompleteMultipartUpload>`,
  });
  expect(await done.text()).toMatch(/<ETag>&quot;[0-9a-f]{32}-2&quot;<\/ETag>/);
  const got = Buffer.from(await (await fetch(`${bench.origin}/images/big`)).arrayBuffer());
  expect(got.equals(Buffer.concat(parts))).toBe(true);
  expect(await readdir(bench.folder)).toHaveLength(1);
});

test('createSos() forgets an aborted multipart upload and refuses parts that are too small', async () => {
  await using bench = await openBench();
  await bench.send('PUT', '/images');
  const started = await bench.send('POST', '/images/big?uploads=');
  const id = /<UploadId>(.*)<\/UploadId>/.exec(await started.text())?.[1];
  const upload = (number: number) =>
    bench.send('PUT', `/images/big?partNumber=${number}&uploadId=${id}`, { body: 'x' });
  const etag = (await upload(1)).headers.get('etag');
  await upload(2);
  expect(await (await bench.send('GET', '/images?uploads=')).text()).toContain(`<UploadId>${id}<`);
  const body = [1, 2]
    .map((number) => `<Part><PartNumber>${number}</PartNumber><ETag>${etag}</ETag></Part>`)
    .join('');
  const complete = () =>
    bench.send('POST', `/images/big?uploadId=${id}`, { body: `<A>${body}</A>` });
  expect(await codeOf(await complete())).toBe('400 EntityTooSmall');
  expect((await bench.send('DELETE', `/images/big?uploadId=${id}`)).status).toBe(204);
  expect(await codeOf(await complete())).toBe('404 NoSuchUpload');
  expect(await readdir(bench.folder)).toEqual([]);
});
