import fc from 'fast-check';
import { expect, test } from 'vitest';
import { draw } from '../../src/model/draw.ts';
import { checkLatency, hasten, sampleLatency } from '../../src/model/latency.ts';

const luck = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

test('sampleLatency() leaves a fixed latency alone', () => {
  expect(sampleLatency(1_500, 0.9, 0.1)).toBe(1_500);
});

test('sampleLatency() keeps a uniform latency between its ends', () => {
  fc.assert(
    fc.property(luck, luck, (first, second) => {
      const ms = sampleLatency({ kind: 'uniform', minMs: 10, maxMs: 20 }, first, second);
      expect(ms).toBeGreaterThanOrEqual(10);
      expect(ms).toBeLessThanOrEqual(20);
    }),
  );
});

test('sampleLatency() never gives a lognormal latency that is infinite or not positive', () => {
  fc.assert(
    fc.property(luck, luck, (first, second) => {
      const ms = sampleLatency({ kind: 'lognormal', medianMs: 100, sigma: 0.5 }, first, second);
      expect(Number.isFinite(ms) && ms > 0).toBe(true);
    }),
  );
});

test('sampleLatency() puts half of the lognormal draws below the median', () => {
  const below = Array.from({ length: 2_000 }, (_, index) => {
    const of = (part: string) => draw('seed', `${index}`, part);
    return sampleLatency({ kind: 'lognormal', medianMs: 100, sigma: 0.25 }, of('a'), of('b'));
  }).filter((ms) => ms < 100);
  expect(below.length).toBeGreaterThan(900);
  expect(below.length).toBeLessThan(1_100);
});

test('hasten() divides every form of latency, and leaves its spread', () => {
  expect(hasten(3_000, 10)).toBe(300);
  expect(hasten({ kind: 'uniform', minMs: 10, maxMs: 20 }, 10)).toEqual({
    kind: 'uniform',
    minMs: 1,
    maxMs: 2,
  });
  expect(hasten({ kind: 'lognormal', medianMs: 100, sigma: 0.5 }, 10)).toEqual({
    kind: 'lognormal',
    medianMs: 10,
    sigma: 0.5,
  });
});

test.each<[unknown, typeof TypeError | typeof RangeError]>([
  [-1, RangeError],
  [Number.NaN, RangeError],
  [{ kind: 'uniform', minMs: 1 }, RangeError],
  [{ kind: 'normal', mean: 3 }, TypeError],
])('checkLatency() refuses %j by name', (latency, error) => {
  const check = () => checkLatency('bootMs', latency as never);
  expect(check).toThrow(error);
  expect(check).toThrow('"bootMs"');
});
