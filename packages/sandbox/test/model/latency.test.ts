import fc from 'fast-check';
import { expect, test } from 'vitest';
import { draw } from '../../src/model/draw.ts';
import { sampleLatency } from '../../src/model/latency.ts';

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
