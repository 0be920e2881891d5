import { describe, expect, test } from 'vitest';
import { type ApiKey, type MintOptions, mintApiKey } from '../src/index.ts';
import { createFakeSource, type FakeSource, keyData, leaseId, sourceError } from './fake-source.ts';
import { createManualClock } from './manual-clock.ts';

const expiresAt = new Date('2026-01-01T00:15:00Z');

function mint(source: FakeSource, options: Partial<MintOptions> = {}): Promise<ApiKey> {
  const isRefused = async (): Promise<boolean> => true;
  return mintApiKey(source, { role: 'ci', clock: createManualClock(), isRefused, ...options });
}

describe('ApiKey', () => {
  test('revoke() is proven when the lease is gone and the key is refused', async () => {
    const tried: string[] = [];
    const source = createFakeSource();
    const key = await mint(source, {
      isRefused: async (credentials) => {
        tried.push(`${credentials.key} ${credentials.secret.reveal()}`);
        return true;
      },
    });
    expect(await key.revoke()).toEqual({ outcome: 'proven', leaseId, expiresAt });
    expect(tried).toEqual([`EXO123 ${keyData.api_secret}`]);
    expect(source.calls).toEqual([
      'read exoscale/apikey/ci',
      `revoke ${leaseId}`,
      `lookup ${leaseId}`,
    ]);
  });

  test('revoke() tells the same again without asking again', async () => {
    const source = createFakeSource();
    const key = await mint(source);
    const [first, second] = await Promise.all([key.revoke(), key.revoke()]);
    expect(second).toBe(first);
    expect(await key.revoke()).toBe(first);
    await key[Symbol.asyncDispose]();
    expect(source.calls).toHaveLength(3);
  });

  test.each([
    ['the lease is still known', { lookupLease: [{}] }, {}, 'The lease is still known'],
    ['the lookup is denied', { lookupLease: [sourceError('denied', false)] }, {}, 'denied'],
    ['the key still works', {}, { isRefused: async () => false }, 'The key is still accepted'],
    ['nobody tries the key', {}, { isRefused: undefined }, 'Nobody tried'],
    [
      'trying the key fails',
      {},
      {
        isRefused: async () => {
          throw sourceError('no network', false);
        },
      },
      'no network',
    ],
  ])('revoke() is accepted, not proven, when %s', async (_what, answers, options, reason) => {
    const key = await mint(createFakeSource(answers), options);
    expect(await key.revoke()).toMatchObject({
      outcome: 'accepted',
      leaseId,
      expiresAt,
      reason: expect.stringContaining(reason),
    });
  });

  test('revoke() waits until the proof is there', async () => {
    const source = createFakeSource({
      revokeLease: [sourceError('failed to revoke', true), undefined],
      lookupLease: [{}, sourceError('no answer', true), undefined],
    });
    const answers = [false, false, true];
    const key = await mint(source, { isRefused: async () => answers.shift() ?? false });
    expect(await key.revoke()).toMatchObject({ outcome: 'proven' });
  });

  test('revoke() fails at once when trying again cannot help', async () => {
    const source = createFakeSource({ revokeLease: [sourceError('denied', false)] });
    const key = await mint(source);
    expect(await key.revoke()).toEqual({ outcome: 'failed', leaseId, expiresAt, reason: 'denied' });
    expect(source.calls).toHaveLength(2);
  });

  test('revoke() stays within its budget', async () => {
    const clock = createManualClock();
    const source = createFakeSource({ revokeLease: [sourceError('busy', true)] });
    const key = await mint(source, { clock, revokeBudgetMs: 3_000 });
    expect(await key.revoke()).toMatchObject({ outcome: 'failed', reason: 'busy' });
    expect(clock.monotonicMs()).toBeLessThan(3_000);
    expect(clock.monotonicMs()).toBeGreaterThan(1_000);
  });

  test('revoke() does not wait for ever for a source that hangs', async () => {
    const source = createFakeSource();
    const revokeLease: FakeSource['revokeLease'] = (_id, { signal } = {}) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason as Error));
      });
    const key = await mint({ ...source, revokeLease }, { revokeBudgetMs: 30 });
    expect(await key.revoke()).toMatchObject({
      outcome: 'failed',
      reason: 'There was no answer in time',
    });
  });

  test('revoke() works after the signal of the minting was aborted', async () => {
    const controller = new AbortController();
    const key = await mint(createFakeSource(), { signal: controller.signal });
    controller.abort();
    expect(await key.revoke()).toMatchObject({ outcome: 'proven' });
  });

  test('revoke() ends early with its own signal', async () => {
    const source = createFakeSource();
    const key = await mint(source);
    const revocation = await key.revoke({ signal: AbortSignal.abort() });
    expect(revocation).toMatchObject({ outcome: 'failed' });
    expect(source.calls).toHaveLength(1);
  });

  test('revoke() keeps the secret out of its reason', async () => {
    const echo = sourceError(`bad secret ${keyData.api_secret}`, false);
    const key = await mint(createFakeSource({ revokeLease: [echo] }));
    expect(await key.revoke()).toMatchObject({ reason: 'bad secret [redacted]' });
  });

  test('renew() moves the expiry, also that of a later revocation', async () => {
    const later = new Date('2026-01-01T00:25:00Z');
    const key = await mint(createFakeSource({ renewLease: [{ expiresAt: later }] }));
    await key.renew();
    expect(key.expiresAt).toBe(later);
    expect(await key.revoke()).toMatchObject({ expiresAt: later });
  });

  test('renew() rejects when the source cannot, and passes on why it did not', async () => {
    const plain = await mint(createFakeSource());
    await expect(plain.renew()).rejects.toMatchObject({ code: 'not-renewable' });
    const failure = sourceError('lease is not renewable', false);
    const key = await mint(createFakeSource({ renewLease: [failure] }));
    await expect(key.renew()).rejects.toBe(failure);
    expect(key.expiresAt).toEqual(expiresAt);
  });

  test('disposing revokes, also when the body throws', async () => {
    const source = createFakeSource();
    const body = async (): Promise<void> => {
      await using _key = await mint(source);
      throw new RangeError('body failed');
    };
    await expect(body()).rejects.toThrow(RangeError);
    expect(source.calls).toContain(`revoke ${leaseId}`);
  });

  test('disposing rejects when the key may live on, and keeps the error of the body', async () => {
    const source = createFakeSource({ revokeLease: [sourceError('denied', false)] });
    const key = await mint(source);
    await expect(key[Symbol.asyncDispose]()).rejects.toMatchObject({
      code: 'revoke-failed',
      message: `Cannot revoke lease "${leaseId}", whose key lives until 2026-01-01T00:15:00.000Z: denied`,
    });
    const body = async (): Promise<void> => {
      await using _key = await mint(source);
      throw new RangeError('body failed');
    };
    await expect(body()).rejects.toMatchObject({
      name: 'SuppressedError',
      suppressed: { message: 'body failed' },
    });
  });
});
