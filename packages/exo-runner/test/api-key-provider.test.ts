import { describe, expect, test } from 'vitest';
import {
  type ApiKeyProvider,
  createApiKeyProvider,
  createSecret,
  type ReplaceableKey,
  type Revocation,
} from '../src/index.ts';
import { sourceError } from './fake-source.ts';
import { createManualClock, type ManualClock } from './manual-clock.ts';
import { waitUntil } from './wait-until.ts';

const second = 1_000;

interface NumberedKey extends ReplaceableKey {
  readonly key: string;
}

/** A place that issues keys of so many seconds, and remembers how many were alive at a time. */
function createMint(clock: ManualClock, { ttl = 15, renewals = 0 } = {}) {
  const alive = new Set<string>();
  const log: string[] = [];
  const failures: Error[] = [];
  let most = 0;
  let minted = 0;
  const mint = async (): Promise<NumberedKey> => {
    const failure = failures.shift();
    if (failure !== undefined) throw failure;
    minted += 1;
    const key = `EXO${minted}`;
    alive.add(key);
    most = Math.max(most, alive.size);
    log.push(`mint ${key}`);
    let expiresAt = new Date(clock.now().getTime() + ttl * second);
    let left = renewals;
    return {
      key,
      secret: createSecret(`CANARY-${minted}`),
      get expiresAt() {
        return expiresAt;
      },
      async renew() {
        log.push(`renew ${key}`);
        const failure = failures.shift();
        if (failure !== undefined) throw failure;
        if (left > 0) expiresAt = new Date(clock.now().getTime() + ttl * second);
        left -= 1;
      },
      async revoke(): Promise<Revocation> {
        alive.delete(key);
        log.push(`revoke ${key}`);
        return { outcome: 'proven', leaseId: `lease of ${key}`, expiresAt };
      },
    };
  };
  return { mint, alive, log, failures, most: () => most };
}

async function keyOf(provider: ApiKeyProvider<NumberedKey>): Promise<string> {
  const { key, release } = await provider.hold();
  release();
  return key.key;
}

describe('createApiKeyProvider()', () => {
  test('mints nothing before it is asked, and one key for all who ask together', async () => {
    const clock = createManualClock();
    const { mint, log } = createMint(clock);
    await using provider = createApiKeyProvider(mint, { clock });
    expect(log).toEqual([]);
    const keys = await Promise.all([keyOf(provider), keyOf(provider), keyOf(provider)]);
    expect(keys).toEqual(['EXO1', 'EXO1', 'EXO1']);
    expect(log).toEqual(['mint EXO1']);
  });

  test('renews in place when two thirds of the time are gone, as long as that helps', async () => {
    const clock = createManualClock();
    const { mint, log } = createMint(clock, { renewals: 2 });
    await using provider = createApiKeyProvider(mint, { clock });
    const keys: string[] = [];
    for (let elapsed = 0; elapsed <= 45; elapsed += 5) {
      keys.push(await keyOf(provider));
      clock.advance(5 * second);
    }
    expect(new Set(keys)).toEqual(new Set(['EXO1', 'EXO2']));
    expect(log.filter((line) => line === 'renew EXO1')).toHaveLength(3);
    expect(log.slice(0, 6)).toEqual([
      'mint EXO1',
      'renew EXO1',
      'renew EXO1',
      'renew EXO1',
      'mint EXO2',
      'revoke EXO1',
    ]);
  });

  test('never has more than two keys alive, and none at the end', async () => {
    const clock = createManualClock();
    const { mint, alive, most } = createMint(clock, { ttl: 5 });
    const provider = createApiKeyProvider(mint, { clock });
    for (let request = 0; request < 60; request += 1) {
      const holds = await Promise.all([provider.hold(), provider.hold()]);
      for (const { key } of holds)
        expect(key.expiresAt.getTime()).toBeGreaterThan(clock.now().getTime());
      clock.advance(second);
      for (const { release } of holds) release();
    }
    expect(alive.size).toBeLessThanOrEqual(2);
    const revocations = await provider.close();
    expect(most()).toBe(2);
    expect(alive.size).toBe(0);
    expect(revocations.length).toBeGreaterThan(10);
    expect(new Set(revocations.map(({ outcome }) => outcome))).toEqual(new Set(['proven']));
  });

  test('keeps the old key until the requests that use it are done', async () => {
    const clock = createManualClock();
    // The drain's own limit must not run out in this test.
    const patient = { ...clock, sleep: () => new Promise<void>(() => {}) };
    const { mint, alive, log } = createMint(clock);
    await using provider = createApiKeyProvider(mint, { clock: patient });
    const slow = await provider.hold();
    clock.advance(11 * second);
    expect(await keyOf(provider)).toBe('EXO2');
    expect([...alive]).toEqual(['EXO1', 'EXO2']);
    slow.release();
    slow.release();
    await waitUntil(() => log.at(-1) === 'revoke EXO1');
    expect([...alive]).toEqual(['EXO2']);
  });

  test('does not wait for a request for longer than told', async () => {
    const clock = createManualClock();
    const { mint, alive } = createMint(clock, { ttl: 900 });
    await using provider = createApiKeyProvider(mint, { clock, drainMs: 7 * second });
    await provider.hold();
    clock.advance(700 * second);
    expect(await keyOf(provider)).toBe('EXO2');
    clock.advance(700 * second);
    expect(await keyOf(provider)).toBe('EXO3');
    expect(clock.pauses).toEqual([7 * second]);
    expect(alive.has('EXO1')).toBe(false);
  });

  test('uses a key that cannot be replaced to its end, and asks again now and then', async () => {
    const clock = createManualClock();
    const { mint, failures, log } = createMint(clock);
    await using provider = createApiKeyProvider(mint, { clock });
    await keyOf(provider);
    clock.advance(11 * second);
    failures.push(sourceError('sealed', true), sourceError('sealed', true));
    expect(await keyOf(provider)).toBe('EXO1');
    expect(await keyOf(provider)).toBe('EXO1');
    expect(log).toEqual(['mint EXO1', 'renew EXO1']);
    clock.advance(3 * second);
    expect(await keyOf(provider)).toBe('EXO2');
    expect(log).toEqual(['mint EXO1', 'renew EXO1', 'renew EXO1', 'mint EXO2', 'revoke EXO1']);
  });

  test('does not ask again to renew what was refused for good', async () => {
    const clock = createManualClock();
    const { mint, failures, log } = createMint(clock);
    await using provider = createApiKeyProvider(mint, { clock });
    await keyOf(provider);
    clock.advance(11 * second);
    failures.push(sourceError('not renewable', false), sourceError('sealed', true));
    await keyOf(provider);
    clock.advance(3 * second);
    await keyOf(provider);
    expect(log.filter((line) => line === 'renew EXO1')).toHaveLength(1);
  });

  test('rejects as the mint does when there is no key left', async () => {
    const clock = createManualClock();
    const { mint, failures } = createMint(clock);
    await using provider = createApiKeyProvider(mint, { clock });
    const sealed = sourceError('sealed', true);
    failures.push(sealed);
    await expect(provider.hold()).rejects.toBe(sealed);
    expect(await keyOf(provider)).toBe('EXO1');
    clock.advance(16 * second);
    failures.push(sealed);
    await expect(provider.hold()).rejects.toBe(sealed);
  });

  test('gives a key back that is minted while it closes, and hands out none afterwards', async () => {
    const clock = createManualClock();
    const { mint, alive } = createMint(clock);
    const gate = Promise.withResolvers<void>();
    const provider = createApiKeyProvider(
      async () => {
        await gate.promise;
        return await mint();
      },
      { clock },
    );
    const held = provider.hold();
    const closing = provider.close();
    gate.resolve();
    expect((await closing).map(({ leaseId }) => leaseId)).toEqual(['lease of EXO1']);
    expect(await provider.close()).toBe(await closing);
    await held;
    expect(alive.size).toBe(0);
    await expect(provider.hold()).rejects.toMatchObject({ code: 'closed' });
  });

  test('does not wait for requests when it is closed, and tells of every key', async () => {
    const clock = createManualClock();
    const patient = { ...clock, sleep: () => new Promise<void>(() => {}) };
    const { mint, alive } = createMint(clock);
    const told: string[] = [];
    const provider = createApiKeyProvider(mint, {
      clock: patient,
      onRevoked: ({ key }, { outcome }) => void told.push(`${key} ${outcome}`),
    });
    await provider.hold();
    clock.advance(11 * second);
    await provider.hold();
    await provider.close();
    expect(told).toEqual(['EXO1 proven', 'EXO2 proven']);
    expect(alive.size).toBe(0);
  });

  test('stops waiting when told to, without disturbing the others', async () => {
    const clock = createManualClock();
    const { mint } = createMint(clock);
    const gate = Promise.withResolvers<void>();
    await using provider = createApiKeyProvider(
      async () => {
        await gate.promise;
        return await mint();
      },
      { clock },
    );
    const controller = new AbortController();
    const reason = new Error('enough');
    const hasty = provider.hold({ signal: controller.signal });
    const patient = keyOf(provider);
    controller.abort(reason);
    await expect(hasty).rejects.toBe(reason);
    gate.resolve();
    expect(await patient).toBe('EXO1');
  });

  test('replaces a key in time although the wall clock was set back by a day', async () => {
    const clock = createManualClock();
    const day = 86_400 * second;
    const isSet = (): boolean => clock.monotonicMs() > 5 * second;
    const now = (): Date => new Date(clock.now().getTime() - (isSet() ? day : 0));
    const setBack: ManualClock = { ...clock, now };
    const { mint, log } = createMint(setBack);
    await using provider = createApiKeyProvider(mint, { clock: setBack });
    expect(await keyOf(provider)).toBe('EXO1');
    clock.advance(9 * second);
    expect(await keyOf(provider)).toBe('EXO1');
    clock.advance(2 * second);
    expect(await keyOf(provider)).toBe('EXO2');
    expect(log.slice(0, 3)).toEqual(['mint EXO1', 'renew EXO1', 'mint EXO2']);
  });

  test('refuses what mints nothing', () => {
    expect(() => createApiKeyProvider(undefined as never)).toThrow('"mint" must be a function');
  });
});
