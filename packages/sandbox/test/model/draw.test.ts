import fc from 'fast-check';
import { expect, test } from 'vitest';
import { draw, drawId } from '../../src/model/draw.ts';

test('draw() depends on nothing but its key', () => {
  expect(draw('seed', 'a', 'boot')).toBe(draw('seed', 'a', 'boot'));
});

test('draw() stays within [0, 1) and differs by seed, entity and purpose', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.string(), (seed, entity, purpose) => {
      const value = draw(seed, entity, purpose);
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThan(1);
      expect(draw(`${seed}x`, entity, purpose)).not.toBe(value);
      expect(draw(seed, `${entity}x`, purpose)).not.toBe(value);
      expect(draw(seed, entity, `${purpose}x`)).not.toBe(value);
    }),
  );
});

test('draw() does not mix up where one part of the key ends', () => {
  expect(draw('a', 'bc', 'd')).not.toBe(draw('ab', 'c', 'd'));
});

test('draw() is spread evenly', () => {
  const draws = Array.from({ length: 2_000 }, (_, index) => draw('seed', `${index}`, 'spread'));
  const mean = draws.reduce((sum, value) => sum + value, 0) / draws.length;
  expect(mean).toBeGreaterThan(0.47);
  expect(mean).toBeLessThan(0.53);
});

test('drawId() gives version 4 UUIDs that differ', () => {
  const ids = Array.from({ length: 100 }, (_, count) => drawId('seed', 'instance', count));
  expect(new Set(ids).size).toBe(100);
  for (const id of ids) {
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  }
});
