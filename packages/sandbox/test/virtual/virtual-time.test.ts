import { expect, test } from 'vitest';
import { createVirtualTime } from '../../src/virtual/virtual-time.ts';

test('advance() lives through what is due, in order, and stands at its end', async () => {
  const { scheduler, clock, advance } = createVirtualTime({ startAt: new Date(0) });
  const seen: string[] = [];
  const note = (what: string) => () => void seen.push(`${what} at ${clock.monotonicMs()}`);
  scheduler.after(20, note('late'));
  scheduler.after(10, note('early'));
  scheduler.after(10, note('same moment'));
  scheduler.after(31, note('too late'));
  await advance(30);
  expect(seen).toEqual(['early at 10', 'same moment at 10', 'late at 20']);
  expect(clock.now()).toEqual(new Date(30));
});

test('after() can be cancelled and takes whole milliseconds', async () => {
  const { scheduler, clock, advance } = createVirtualTime();
  const seen: number[] = [];
  scheduler.after(5, () => seen.push(-1))();
  scheduler.after(5.2, () => seen.push(clock.monotonicMs()));
  await advance(100);
  expect(seen).toEqual([6]);
});

test('after() refuses to wait for ever', () => {
  const { scheduler } = createVirtualTime();
  expect(() => scheduler.after(Number.POSITIVE_INFINITY, () => {})).toThrow(RangeError);
});

test('drive() interleaves sleepers by their moments', async () => {
  const { clock, drive } = createVirtualTime();
  const seen: string[] = [];
  async function sleeper(name: string, stepMs: number): Promise<void> {
    for (let step = 0; step < 3; step += 1) {
      await clock.sleep(stepMs);
      seen.push(`${name}${clock.monotonicMs()}`);
    }
  }
  await drive(Promise.all([sleeper('a', 20), sleeper('b', 15)]));
  expect(seen).toEqual(['b15', 'a20', 'b30', 'a40', 'b45', 'a60']);
});

test('drive() passes on what the work rejects with', async () => {
  const { clock, drive } = createVirtualTime();
  const failing = clock.sleep(5).then(() => Promise.reject(new RangeError('no')));
  await expect(drive(failing)).rejects.toThrow(new RangeError('no'));
});

test('drive() says that nothing moves the work instead of hanging', async () => {
  const { drive } = createVirtualTime();
  await expect(drive(new Promise(() => {}))).rejects.toMatchObject({ code: 'stalled' });
});

test('drive() gives up at its limit though there is always something to do', async () => {
  const { scheduler, clock, drive } = createVirtualTime();
  const tick = (): void => void scheduler.after(10, tick);
  tick();
  await expect(drive(new Promise(() => {}), 1_000)).rejects.toMatchObject({ code: 'stalled' });
  expect(clock.monotonicMs()).toBe(1_000);
});

test('sleep() rejects with the reason when aborted, and is not waited for any more', async () => {
  const { scheduler, clock, drive } = createVirtualTime();
  const stop = new AbortController();
  scheduler.after(10, () => stop.abort('enough'));
  await expect(drive(clock.sleep(1_000, { signal: stop.signal }))).rejects.toBe('enough');
  expect(clock.monotonicMs()).toBe(10);
  await expect(clock.sleep(1, { signal: stop.signal })).rejects.toBe('enough');
});

test('runUntil() tells whether it came to that', async () => {
  const { scheduler, clock, runUntil } = createVirtualTime();
  scheduler.after(50, () => {});
  expect(await runUntil(() => clock.monotonicMs() >= 50, 40)).toBe(false);
  expect(await runUntil(() => clock.monotonicMs() >= 50, 40)).toBe(true);
});
