import { readFile } from 'node:fs/promises';
import { AwsV4Signer } from 'aws4fetch';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type SignedRequest, verifySignature } from '../../src/sos/verify-signature.ts';

// The worked examples of the S3 documentation ("Signature Calculations for the Authorization Header").
const example = {
  key: 'AKIAIOSFODNN7EXAMPLE',
  secret: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  zone: 'us-east-1',
  now: new Date('2013-05-24T00:05:00Z'),
  host: 'examplebucket.s3.amazonaws.com',
  emptyHash: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
};

const options = {
  secretOf: (key: string) => (key === example.key ? example.secret : undefined),
  zones: [example.zone],
  now: example.now,
};

function exampleRequest(
  target: string,
  headers: Readonly<Record<string, string>>,
  signature: string,
  method = 'GET',
): SignedRequest {
  const all: Record<string, string> = {
    host: example.host,
    'x-amz-content-sha256': example.emptyHash,
    'x-amz-date': '20130524T000000Z',
    ...headers,
  };
  const authorization = [
    `AWS4-HMAC-SHA256 Credential=${example.key}/20130524/${example.zone}/s3/aws4_request`,
    `SignedHeaders=${Object.keys(all).toSorted().join(';')}`,
    `Signature=${signature}`,
  ].join(',');
  return { method, target, headers: { ...all, authorization } };
}

const getSignature = 'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41';
const getExample = exampleRequest('/test.txt', { range: 'bytes=0-9' }, getSignature);

test.each<[string, SignedRequest]>([
  ['GET', getExample],
  [
    'PUT',
    exampleRequest(
      '/test%24file.text',
      {
        date: 'Fri, 24 May 2013 00:00:00 GMT',
        'x-amz-content-sha256': '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072',
        'x-amz-storage-class': 'REDUCED_REDUNDANCY',
      },
      '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
      'PUT',
    ),
  ],
  [
    'sub-resource',
    exampleRequest(
      '/?lifecycle',
      {},
      'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
    ),
  ],
  [
    'query',
    exampleRequest(
      '/?max-keys=2&prefix=J',
      {},
      '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
    ),
  ],
])('verifySignature() accepts the documented example: %s', async (_name, request) => {
  expect(await verifySignature(request, options)).toMatchObject({ key: example.key });
});

const presigned =
  '/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256' +
  `&X-Amz-Credential=${example.key}%2F20130524%2Fus-east-1%2Fs3%2Faws4_request` +
  '&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host' +
  '&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404';

test('verifySignature() accepts the documented presigned URL until it expires', async () => {
  const request = { method: 'GET', target: presigned, headers: { host: example.host } };
  const at = (now: string) => verifySignature(request, { ...options, now: new Date(now) });
  expect(await at('2013-05-24T23:59:59Z')).toMatchObject({ key: example.key, sha256: undefined });
  await expect(at('2013-05-25T00:00:01Z')).rejects.toMatchObject({
    status: 403,
    code: 'AccessDenied',
  });
  await expect(at('2013-05-23T23:00:00Z')).rejects.toMatchObject({ code: 'RequestTimeTooSkewed' });
});

interface Recorded extends SignedRequest {
  readonly tool: string;
}

test('verifySignature() accepts what the real tools send', async () => {
  const file = new URL('../fixtures/recorded-s3-requests.json', import.meta.url);
  const recorded = JSON.parse(await readFile(file, 'utf8')) as readonly Recorded[];
  expect(recorded.length).toBeGreaterThan(10);
  for (const request of recorded) {
    const [year, rest] = [
      request.headers['x-amz-date']?.slice(0, 4),
      request.headers['x-amz-date'],
    ];
    const day = `${year}-${rest?.slice(4, 6)}-${rest?.slice(6, 8)}`;
    const time = `${rest?.slice(9, 11)}:${rest?.slice(11, 13)}:${rest?.slice(13, 15)}`;
    const verified = verifySignature(request, {
      secretOf: () => 'test-secret-abcdefghijklmnopqrstuvwxyz0123',
      zones: ['ch-gva-2'],
      now: new Date(`${day}T${time}Z`),
    });
    await expect(
      verified,
      `${request.tool} ${request.method} ${request.target}`,
    ).resolves.toBeDefined();
  }
});

test.each<[string, SignedRequest, string]>([
  ['another path', { ...getExample, target: '/test2.txt' }, 'SignatureDoesNotMatch'],
  ['another method', { ...getExample, method: 'PUT' }, 'SignatureDoesNotMatch'],
  ['another query', { ...getExample, target: '/test.txt?acl' }, 'SignatureDoesNotMatch'],
  [
    'another header',
    { ...getExample, headers: { ...getExample.headers, range: 'x' } },
    'SignatureDoesNotMatch',
  ],
  ['no signature', { ...getExample, headers: { host: example.host } }, 'AccessDenied'],
  [
    'an unknown key',
    {
      ...getExample,
      headers: {
        ...getExample.headers,
        authorization: (getExample.headers.authorization ?? '').replace(example.key, 'EXOother'),
      },
    },
    'InvalidAccessKeyId',
  ],
  [
    'another region',
    {
      ...getExample,
      headers: {
        ...getExample.headers,
        authorization: (getExample.headers.authorization ?? '').replace('us-east-1', 'mars-1'),
      },
    },
    'AuthorizationHeaderMalformed',
  ],
  [
    'chunked signing',
    exampleRequest('/', { 'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD' }, ''),
    'AuthorizationHeaderMalformed',
  ],
])('verifySignature() refuses %s', async (_name, request, code) => {
  await expect(verifySignature(request, options)).rejects.toMatchObject({ code });
});

test('verifySignature() refuses a clock that is off by more than 15 minutes', async () => {
  for (const now of ['2013-05-24T00:16:00Z', '2013-05-23T23:44:00Z']) {
    const late = verifySignature(getExample, { ...options, now: new Date(now) });
    await expect(late).rejects.toMatchObject({ status: 403, code: 'RequestTimeTooSkewed' });
  }
});

test('verifySignature() accepts whatever aws4fetch signs, and no other body hash', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.string({ unit: 'grapheme', minLength: 1 }).filter((part) => !/^\.+$/.test(part)),
        { minLength: 1 },
      ),
      fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.string({ unit: 'grapheme' })),
      async (parts, query) => {
        const path = `/bucket/${parts.map(encodeURIComponent).join('/')}`;
        const url = new URL(`http://127.0.0.1:9000${path}`);
        for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
        const signer = new AwsV4Signer({
          url: url.href,
          accessKeyId: example.key,
          secretAccessKey: example.secret,
          service: 's3',
          region: example.zone,
          datetime: '20130524T000000Z',
        });
        const { headers } = await signer.sign();
        const request = {
          method: 'GET',
          target: url.pathname + url.search,
          headers: { host: url.host, ...Object.fromEntries(headers) },
        };
        await verifySignature(request, options);
        const forged = { ...request.headers, 'x-amz-content-sha256': example.emptyHash };
        await expect(
          verifySignature({ ...request, headers: forged }, options),
        ).rejects.toMatchObject({
          code: 'SignatureDoesNotMatch',
        });
      },
    ),
    { numRuns: 100 },
  );
});
