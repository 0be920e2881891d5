import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countProbe, unprobed } from '../../src/model/health.ts';

test('countProbe() keeps in rotation exactly who succeeded within the last `retries` probes', () => {
  const probes = fc.array(fc.boolean(), { maxLength: 40 });
  fc.assert(
    fc.property(probes, fc.integer({ min: 1, max: 20 }), (answers, retries) => {
      let health = unprobed;
      answers.forEach((success, index) => {
        health = countProbe(health, success, retries);
        const recent = answers.slice(Math.max(0, index + 1 - retries), index + 1);
        expect(health.isInRotation).toBe(recent.includes(true));
        expect(health.lastProbe).toBe(success);
      });
    }),
  );
});

test('countProbe() admits nobody who has only failed', () => {
  const failed = countProbe(unprobed, false, 20);
  expect(failed.isInRotation).toBe(false);
});
