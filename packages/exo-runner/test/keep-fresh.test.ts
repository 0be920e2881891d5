import { describe, expect, test } from 'vitest';
import { keepFresh, type Renewable } from '../src/index.ts';
import { sourceError } from './fake-source.ts';
import { createManualClock, type ManualClock } from './manual-clock.ts';

const minute = 60_000;

/** Each renewal gains minutes from then on, or fails; after the last one the lease has met its maximum. */
function createRenewable(clock: ManualClock, gains: readonly (number | Error)[]) {
  const renewedAtMinutes: number[] = [];
  let expiresAt = new Date(clock.now().getTime() + 15 * minute);
  const left = [...gains];
  return {
    renewedAtMinutes,
    get expiresAt() {
      return expiresAt;
    },
    async renew() {
      renewedAtMinutes.push(clock.monotonicMs() / minute);
      const gain = left.shift();
      if (gain instanceof Error) throw gain;
      if (gain !== undefined) expiresAt = new Date(clock.now().getTime() + gain * minute);
    },
  };
}

/** Runs until the first ending is told, and returns its reason. */
async function endingOf(clock: ManualClock, renewables: readonly Renewable[]): Promise<string> {
  const ending = Promise.withResolvers<string>();
  await using _fresh = keepFresh(renewables, {
    clock,
    random: () => 0,
    onEnding: (_renewable, reason) => ending.resolve(reason),
  });
  return await ending.promise;
}

describe('keepFresh()', () => {
  test.each([
    ['back', -24 * 60],
    ['ahead', 24 * 60],
  ])('goes on when the wall clock is set %s by a day', async (_where, offMinutes) => {
    const clock = createManualClock();
    const isSet = (): boolean => clock.monotonicMs() > 12 * minute;
    const now = (): Date => new Date(clock.now().getTime() + (isSet() ? offMinutes * minute : 0));
    const jumping: ManualClock = { ...clock, now };
    const renewable = createRenewable(jumping, [15, 15]);
    expect(await endingOf(jumping, [renewable])).toBe('Renewing does not extend it any more');
    expect(renewable.renewedAtMinutes).toEqual([10, 20, 30]);
  });

  test('spreads those that began together', async () => {
    const dueAtMinutes: number[] = [];
    for (const drawn of [0, 0.5, 0.999]) {
      const clock = createManualClock();
      const renewable = createRenewable(clock, [sourceError('denied', false)]);
      const ending = Promise.withResolvers<string>();
      const onEnding = (): void => ending.resolve('');
      await using _fresh = keepFresh([renewable], { clock, random: () => drawn, onEnding });
      await ending.promise;
      dueAtMinutes.push(renewable.renewedAtMinutes[0] ?? 0);
    }
    expect(dueAtMinutes[0]).toBe(10);
    expect(dueAtMinutes[1]).toBeCloseTo(9.5);
    expect(dueAtMinutes[2]).toBeCloseTo(9, 1);
  });

  test('renews when a third of the time is left, until that gains nothing', async () => {
    const clock = createManualClock();
    const renewable = createRenewable(clock, [15, 15]);
    expect(await endingOf(clock, [renewable])).toBe('Renewing does not extend it any more');
    expect(renewable.renewedAtMinutes).toEqual([10, 20, 30]);
  });

  test('stops when Vault grants less than was left', async () => {
    const clock = createManualClock();
    const renewable = createRenewable(clock, [2]);
    expect(await endingOf(clock, [renewable])).toBe('Renewing does not extend it any more');
    expect(renewable.renewedAtMinutes).toEqual([10]);
  });

  test('repeats what may succeed later while there is time', async () => {
    const clock = createManualClock();
    const busy = sourceError('Vault is sealed', true);
    const renewable = createRenewable(clock, [busy, busy, 15, sourceError('denied', false)]);
    expect(await endingOf(clock, [renewable])).toBe('denied');
    expect(renewable.renewedAtMinutes).toHaveLength(4);
    expect(renewable.renewedAtMinutes[1]).toBeCloseTo(10 + (5 * 2) / 3);
  });

  test('says at last why it could not be renewed in time', async () => {
    const clock = createManualClock();
    const busy = Array.from({ length: 100 }, () => sourceError('Vault is sealed', true));
    const renewable = createRenewable(clock, busy);
    expect(await endingOf(clock, [renewable])).toBe('Vault is sealed');
    expect(renewable.renewedAtMinutes.length).toBeLessThan(10);
    expect(clock.monotonicMs()).toBeLessThanOrEqual(15 * minute);
  });

  test('sleeps through weeks in pieces that timers can bear', async () => {
    const clock = createManualClock();
    const distant = createRenewable(clock, []);
    const renewable: Renewable = {
      expiresAt: new Date(clock.now().getTime() + 60 * 24 * 60 * minute),
      renew: () => distant.renew(),
    };
    await endingOf(clock, [renewable]);
    expect(distant.renewedAtMinutes).toEqual([40 * 24 * 60]);
    expect(Math.max(...clock.pauses)).toBeLessThanOrEqual(60 * minute);
  });

  test('stops at once, without a word and without a timer', async () => {
    const endings: string[] = [];
    const pending = new Set<number>();
    const clock = createManualClock();
    const sleep: typeof clock.sleep = (ms, { signal } = {}) =>
      new Promise((_resolve, reject) => {
        pending.add(ms);
        signal?.addEventListener('abort', () => {
          pending.delete(ms);
          reject(signal.reason as Error);
        });
      });
    const onEnding = (_renewable: Renewable, reason: string) => void endings.push(reason);
    const options = { clock: { ...clock, sleep }, random: () => 0, onEnding };
    const fresh = keepFresh([createRenewable(clock, [15])], options);
    expect([...pending]).toEqual([10 * minute]);
    await fresh.stop();
    await fresh.stop();
    expect(pending.size).toBe(0);
    expect(endings).toEqual([]);
  });

  test('refuses what is no list', () => {
    expect(() => keepFresh(undefined as never)).toThrow('"renewables" must be a list');
  });
});
