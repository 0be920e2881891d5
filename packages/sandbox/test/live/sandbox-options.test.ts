import { expect, test } from 'vitest';
import { completeSettings } from '../../src/live/sandbox-options.ts';

test('completeSettings() makes the cloud faster, and leaves its guests their time', () => {
  const latencies = { bootMs: 8_000, acpiTimeoutMs: 60_000 };
  const settings = completeSettings({ speed: 10, latencies });
  expect(settings.latencies).toMatchObject({
    bootMs: 800,
    acpiTimeoutMs: 60_000,
    operationMs: { kind: 'lognormal', medianMs: 300 },
  });
  expect(completeSettings({ latencies }).latencies).toEqual(latencies);
});

test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('speed %d is refused', (speed) => {
  expect(() => completeSettings({ speed })).toThrow(RangeError);
});
