import { describe, expect, it } from 'vitest';
import { singleFlight } from '../src/single-flight.ts';
import { failureOf } from './make-exoscale.ts';

/** A start that ends when told to, and counts. */
function controlled(): {
  start: (signal: AbortSignal) => Promise<string>;
  runs: { end: (value: string) => void; fail: (error: Error) => void; signal: AbortSignal }[];
} {
  const runs: ReturnType<typeof controlled>['runs'] = [];
  return {
    runs,
    start: (signal) => {
      const { promise, resolve, reject } = Promise.withResolvers<string>();
      runs.push({ end: resolve, fail: reject, signal });
      return promise;
    },
  };
}

describe('singleFlight()', () => {
  it('shares one run, and its value ever after', async () => {
    const { start, runs } = controlled();
    const get = singleFlight(start);
    const both = Promise.all([get(), get()]);
    runs[0]?.end('value');
    expect(await both).toEqual(['value', 'value']);
    expect(await get()).toBe('value');
    expect(runs).toHaveLength(1);
  });

  it('does not keep a failure', async () => {
    const { start, runs } = controlled();
    const get = singleFlight(start);
    const first = get();
    runs[0]?.fail(new TypeError('no'));
    await expect(first).rejects.toThrow('no');
    const second = get();
    runs[1]?.end('value');
    expect(await second).toBe('value');
  });

  it('lets one caller go without disturbing the other', async () => {
    const { start, runs } = controlled();
    const get = singleFlight(start);
    const controller = new AbortController();
    const [impatient, patient] = [get(controller.signal), get()];
    controller.abort('enough');
    expect(await failureOf(impatient)).toBe('enough');
    expect(runs[0]?.signal.aborted).toBe(false);
    runs[0]?.end('value');
    expect(await patient).toBe('value');
  });

  it('aborts the run when the last caller has gone, and starts anew for the next', async () => {
    const { start, runs } = controlled();
    const get = singleFlight(start);
    const controller = new AbortController();
    const alone = get(controller.signal);
    controller.abort('enough');
    expect(await failureOf(alone)).toBe('enough');
    expect(runs[0]?.signal.aborted).toBe(true);
    runs[0]?.fail(new TypeError('aborted, and nobody listens'));
    const next = get();
    runs[1]?.end('value');
    expect(await next).toBe('value');
  });

  it('starts nothing for a caller that is gone already', async () => {
    const { start, runs } = controlled();
    expect(await failureOf(singleFlight(start)(AbortSignal.abort('gone')))).toBe('gone');
    expect(runs).toEqual([]);
  });
});
