import { describe, expect, it } from 'vitest';
import { isKeyRefused } from '../src/is-key-refused.ts';
import { credentials, startApi } from './loopback-api.ts';
import { createManualClock } from './manual-clock.ts';

describe('isKeyRefused()', () => {
  const options = (endpoint: string): Parameters<typeof isKeyRefused>[1] => ({
    zone: 'ch-gva-2',
    endpoint,
    clock: createManualClock(),
    random: () => 0,
  });

  it('is false while the key works', async () => {
    await using api = await startApi({ 'GET /instance-type': { body: { 'instance-types': [] } } });
    expect(await isKeyRefused(credentials, options(api.endpoint))).toBe(false);
  });

  it.each([401, 403])('is true when the answer is %i', async (status) => {
    await using api = await startApi({ 'GET /instance-pool': { status } });
    const proof = isKeyRefused(credentials, { ...options(api.endpoint), path: '/instance-pool' });
    expect(await proof).toBe(true);
    expect(api.calls).toEqual(['GET /instance-pool']);
  });

  it.each([404, 500])('proves nothing when the answer is %i', async (status) => {
    await using api = await startApi({ 'GET /instance-type': { status } });
    await expect(isKeyRefused(credentials, options(api.endpoint))).rejects.toMatchObject({
      status,
    });
  });

  it('proves nothing by an unsigned call: zones are not asked for with a key', async () => {
    await using api = await startApi({ 'GET /zone': { status: 403 } });
    await expect(isKeyRefused(credentials, options(api.endpoint))).rejects.toMatchObject({
      call: 'GET /zone',
    });
  });
});
