import { expect, test } from 'vitest';
import { createSandboxClient } from './sandbox-client.ts';

test('GET /sos-buckets-usage tells how much is in every bucket', async () => {
  const createdAt = new Date('2026-01-02T03:04:05.678Z');
  const objects = new Map([
    ['a', { sizeBytes: 4 }],
    ['b', { sizeBytes: 38 }],
  ]);
  const { call } = createSandboxClient({}, [
    { name: 'images', zone: 'ch-gva-2', createdAt, objects },
  ]);
  const { status, body } = await call('GET', '/sos-buckets-usage');
  expect({ status, body }).toEqual({
    status: 200,
    body: {
      'sos-buckets-usage': [
        {
          name: 'images',
          'zone-name': 'ch-gva-2',
          size: 42,
          'created-at': '2026-01-02T03:04:05Z',
        },
      ],
    },
  });
});

test('GET /sos-buckets-usage is empty where there is no object store', async () => {
  const { call } = createSandboxClient();
  expect((await call('GET', '/sos-buckets-usage')).body).toEqual({ 'sos-buckets-usage': [] });
});
