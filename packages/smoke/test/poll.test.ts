import { expect, test } from 'vitest';
import { poll } from '../src/poll.ts';
import { createManualClock } from './manual-clock.ts';

const limits = { timeoutMs: 10_000, intervalMs: 3_000 };

test('poll() looks at once, then at every interval, and a last time at the deadline', async () => {
  const clock = createManualClock();
  const looksAt: number[] = [];
  const look = async (): Promise<undefined> => void looksAt.push(clock.elapsedMs());
  expect(await poll(look, { clock, ...limits })).toBeUndefined();
  expect(looksAt).toEqual([0, 3_000, 6_000, 9_000, 10_000]);
});

test('poll() returns the first thing seen', async () => {
  const seen = [undefined, undefined, 'it'];
  expect(await poll(async () => seen.shift(), { clock: createManualClock(), ...limits })).toBe(
    'it',
  );
});

test('poll() ends a look that hangs with the time', async () => {
  const look = (): Promise<never> => new Promise(() => {});
  const options = { clock: createManualClock(), timeoutMs: 20, intervalMs: 20 };
  expect(await poll(look, options)).toBeUndefined();
});

test('poll() passes on what a look throws', async () => {
  const fault = new TypeError('look');
  const polling = poll(() => Promise.reject(fault), { clock: createManualClock(), ...limits });
  await expect(polling.catch((error: unknown) => error)).resolves.toBe(fault);
});

test('poll() rejects with the reason itself when cancelled', async () => {
  const reason = new DOMException('stop', 'AbortError');
  const controller = new AbortController();
  const look = async (): Promise<undefined> => {
    controller.abort(reason);
    return undefined;
  };
  const polling = poll(look, { clock: createManualClock(), signal: controller.signal, ...limits });
  await expect(polling.catch((error: unknown) => error)).resolves.toBe(reason);
});
