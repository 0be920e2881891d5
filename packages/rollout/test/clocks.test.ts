import { expect, test } from 'vitest';
import { bounded } from '../src/bounded.ts';
import { systemClock } from '../src/system-clock.ts';
import { createManualClock } from '../src/testing.ts';

test('createManualClock() wakes sleepers in the order of their time, and jumps', async () => {
  const clock = createManualClock();
  const woken: string[] = [];
  const sleep = async (name: string, ms: number): Promise<void> => {
    await clock.sleep(ms);
    woken.push(`${name} at ${clock.monotonicMs()}`);
  };
  await Promise.all([sleep('late', 3_600_000), sleep('soon', 10), sleep('also soon', 10)]);
  expect(woken).toEqual(['soon at 10', 'also soon at 10', 'late at 3600000']);
  expect(clock.now()).toEqual(new Date('2030-01-01T01:00:00Z'));
});

test('createManualClock() does not wait for who has been cancelled', async () => {
  const clock = createManualClock();
  const abort = new AbortController();
  const sleeping = clock.sleep(1_000, { signal: abort.signal });
  abort.abort('enough');
  await expect(sleeping).rejects.toBe('enough');
  await expect(clock.sleep(1, { signal: abort.signal })).rejects.toBe('enough');
  expect({ now: clock.monotonicMs(), sleeping: clock.sleeping }).toEqual({ now: 0, sleeping: 0 });
});

test('systemClock.sleep() rejects with the reason itself', async () => {
  const abort = new AbortController();
  const sleeping = systemClock.sleep(60_000, { signal: abort.signal });
  abort.abort('enough');
  await expect(sleeping).rejects.toBe('enough');
  await systemClock.sleep(0);
});

test('bounded() gives a call up that ignores its signal', async () => {
  const clock = createManualClock();
  const hanging = bounded(clock, 1_000, undefined, () => new Promise(() => undefined));
  await expect(hanging).rejects.toThrow('No answer within 1000 ms');
  expect(clock.monotonicMs()).toBe(1_000);
});

test('bounded() passes on the answer, the error, and who cancelled', async () => {
  const clock = createManualClock();
  const abort = new AbortController();
  expect(await bounded(clock, 1_000, abort.signal, async () => 7)).toBe(7);
  await expect(
    bounded(clock, 1_000, undefined, async () => Promise.reject(new TypeError('no'))),
  ).rejects.toThrow('no');
  const hanging = bounded(clock, 1_000, abort.signal, () => new Promise(() => undefined));
  abort.abort('enough');
  await expect(hanging).rejects.toBe('enough');
  expect({ now: clock.monotonicMs(), sleeping: clock.sleeping }).toEqual({ now: 0, sleeping: 0 });
});
