import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { type LeaseSource, type MintOptions, mintApiKey, type Secret } from '../src/index.ts';
import { createFakeSource, keyData, leaseId, leaseOf, sourceError } from './fake-source.ts';
import { createManualClock } from './manual-clock.ts';

function mint(source: LeaseSource, options: Partial<MintOptions> = {}) {
  return mintApiKey(source, { role: 'gitlab-ci-runner', clock: createManualClock(), ...options });
}

describe('mintApiKey()', () => {
  test('asks for nothing when the role or the options are missing', async () => {
    const source = createFakeSource();
    await expect(mintApiKey(source, {} as never)).rejects.toThrow('Invalid role undefined');
    await expect(mintApiKey(source, undefined as never)).rejects.toThrow('Missing options of');
    expect(source.calls).toEqual([]);
  });

  test('returns the key with its lease and expiry', async () => {
    const source = createFakeSource();
    const key = await mint(source);
    expect(key).toMatchObject({ name: 'vault-x', key: 'EXO123', leaseId });
    expect(key.secret.reveal()).toBe(keyData.api_secret);
    expect(key.expiresAt).toEqual(new Date('2026-01-01T00:15:00Z'));
    expect(source.calls).toEqual(['read exoscale/apikey/gitlab-ci-runner']);
  });

  test('reads from another mount', async () => {
    const source = createFakeSource();
    await mint(source, { mountPath: 'teams/blue/exo' });
    expect(source.calls).toEqual(['read teams/blue/exo/apikey/gitlab-ci-runner']);
  });

  test('counts the expiry from when the key was asked for', async () => {
    const clock = createManualClock();
    const slow = async () => {
      clock.advance(60_000);
      return leaseOf(keyData);
    };
    const key = await mint(createFakeSource({ read: [slow] }), { clock });
    expect(key.expiresAt).toEqual(new Date('2026-01-01T00:15:00Z'));
  });

  test('announces the secret and prints it nowhere', async () => {
    const announced: Secret[] = [];
    const key = await mint(createFakeSource(), { onSecret: (secret) => announced.push(secret) });
    expect(announced.map((secret) => secret.reveal())).toEqual([keyData.api_secret]);
    const printed = [inspect(key, { depth: 9, showHidden: true }), JSON.stringify(key)];
    for (const text of [...printed, inspect(announced), JSON.stringify(announced)]) {
      expect(text).not.toContain('CANARY');
    }
  });

  test.each([
    ['no secret', leaseOf({ name: 'x', api_key: 'EXO123' }), 'api_secret'],
    ['an empty secret', leaseOf({ ...keyData, api_secret: '' }), 'api_secret'],
    ['a secret that is no text', leaseOf({ ...keyData, api_secret: 5 }), 'api_secret'],
    ['no key', leaseOf({ ...keyData, api_key: undefined }), 'api_key'],
    ['a key with a line break', leaseOf({ ...keyData, api_key: 'EXO\n1' }), 'api_key'],
    ['a lease without end', leaseOf(keyData, { leaseDurationMs: 0 }), 'leased'],
  ])('gives back what is no key: %s', async (_what, lease, word) => {
    const source = createFakeSource({ read: [lease] });
    await expect(mint(source)).rejects.toMatchObject({
      name: 'ExoRunnerError',
      code: 'invalid-key',
      message: expect.stringContaining(word),
    });
    expect(source.calls.at(-1)).toBe(`revoke ${leaseId}`);
  });

  test('refuses a key without a lease', async () => {
    const source = createFakeSource({ read: [leaseOf(keyData, { leaseId: '' })] });
    await expect(mint(source)).rejects.toMatchObject({ code: 'invalid-key' });
    expect(source.calls).toHaveLength(1);
  });

  test('passes on why the source gave nothing', async () => {
    const failure = sourceError('sealed', true);
    await expect(mint(createFakeSource({ read: [failure] }))).rejects.toBe(failure);
  });

  test('gives the key back when it was cancelled meanwhile', async () => {
    const controller = new AbortController();
    const reason = new Error('job cancelled');
    const read = async () => {
      controller.abort(reason);
      return leaseOf(keyData);
    };
    const source = createFakeSource({
      read: [read],
      revokeLease: [sourceError('busy', true), undefined],
    });
    await expect(mint(source, { signal: controller.signal })).rejects.toBe(reason);
    expect(source.calls.filter((call) => call.startsWith('revoke'))).toHaveLength(2);
  });

  test('gives the key back when the listener for secrets throws', async () => {
    const source = createFakeSource();
    const failure = new RangeError('listener');
    const onSecret = (): void => {
      throw failure;
    };
    await expect(mint(source, { onSecret })).rejects.toBe(failure);
    expect(source.calls.at(-1)).toBe(`revoke ${leaseId}`);
  });

  test('asks for nothing when it is cancelled before it starts', async () => {
    const source = createFakeSource();
    const reason = new Error('job cancelled');
    await expect(mint(source, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(source.calls).toEqual([]);
  });

  test.each([
    ['role', { role: '../../sys/policy' }],
    ['role', { role: 'a/b' }],
    ['role', { role: '' }],
    ['mount', { mountPath: '../sys' }],
    ['mount', { mountPath: 'a//b' }],
    ['mount', { mountPath: 'exoscale/' }],
    ['revokeBudgetMs', { revokeBudgetMs: 0 }],
    ['"rolle"', { rolle: 'x' }],
  ])('refuses a bad %s', async (word, options) => {
    const source = createFakeSource();
    await expect(mint(source, options as Partial<MintOptions>)).rejects.toThrow(word);
    expect(source.calls).toEqual([]);
  });
});
