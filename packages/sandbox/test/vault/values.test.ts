import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { blocksContain, blocksCover, isAddressBlock } from '../../src/vault/addresses.ts';
import { formatDuration, parseDurationMs } from '../../src/vault/durations.ts';
import { grantTtl } from '../../src/vault/ttl.ts';

describe('parseDurationMs()', () => {
  test.each([
    [900, 900_000],
    ['900', 900_000],
    ['15m', 900_000],
    ['1h30m', 5_400_000],
    ['1d', 86_400_000],
    ['250ms', 250],
    ['1.5h', 5_400_000],
    ['-5s', -5_000],
    ['', 0],
    ['5 m', undefined],
    ['soon', undefined],
    [{}, undefined],
  ])('reads %j as %j', (value, expected) => {
    expect(parseDurationMs(value)).toBe(expected);
  });

  test('reads back what formatDuration() prints', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40 * 24 * 3_600 }), (seconds) => {
        expect(parseDurationMs(formatDuration(seconds * 1_000))).toBe(seconds * 1_000);
      }),
    );
  });
});

describe('address blocks', () => {
  const address = fc.ipV4();
  const bits = fc.integer({ min: 0, max: 32 });

  test.each([
    ['127.0.0.0/8', true],
    ['127.0.0.1', true],
    ['::1/128', true],
    ['10.0.0.0/33', false],
    ['10.0.0.0/', false],
    ['10.0.0/8', false],
    ['localhost', false],
  ])('%s is one: %s', (text, expected) => {
    expect(isAddressBlock(text)).toBe(expected);
  });

  test('contain the address they are written with, mapped into IPv6 or not', () => {
    fc.assert(
      fc.property(address, bits, (ip, length) => {
        expect(blocksContain([`${ip}/${length}`], ip)).toBe(true);
        expect(blocksContain([`${ip}/${length}`], `::ffff:${ip}`)).toBe(true);
      }),
    );
  });

  test('cover a block only if they contain all of it', () => {
    fc.assert(
      fc.property(address, bits, address, bits, (one, oneBits, other, otherBits) => {
        const outer = [`${one}/${oneBits}`];
        if (!blocksCover(outer, [`${other}/${otherBits}`])) return;
        expect(otherBits).toBeGreaterThanOrEqual(oneBits);
        expect(blocksContain(outer, other)).toBe(true);
      }),
    );
  });

  test('contain nothing that is not an address', () => {
    expect(blocksContain(['0.0.0.0/0', '::/0'], '')).toBe(false);
  });
});

describe('grantTtl()', () => {
  const limits = { defaultTtlMs: 3_600_000, maxTtlMs: 36_000_000 };
  const issuedAt = new Date('2026-03-01T08:00:00Z');
  const ms = fc.integer({ min: 0, max: 72_000_000 });

  test('never lets anything that is not periodic outlive any of its limits', () => {
    fc.assert(
      fc.property(ms, ms, ms, ms, ms, (age, incrementMs, ttlMs, maxTtlMs, explicitMaxTtlMs) => {
        const now = new Date(issuedAt.getTime() + age);
        const endsAfterMs = [limits.maxTtlMs, maxTtlMs, explicitMaxTtlMs].filter((end) => end > 0);
        const request = { limits, now, issuedAt, incrementMs, ttlMs, maxTtlMs, explicitMaxTtlMs };
        if (age >= Math.min(...endsAfterMs)) {
          expect(() => grantTtl(request)).toThrow('past the max TTL, cannot renew');
        } else {
          const granted = grantTtl(request);
          expect(age + granted.ttlMs).toBeLessThanOrEqual(Math.min(...endsAfterMs));
          expect(granted.ttlMs).toBeGreaterThan(0);
        }
      }),
    );
  });

  test('caps a period at the maximum of the mount, with a warning', () => {
    const periodMs = 2 * limits.maxTtlMs;
    const now = new Date(issuedAt.getTime() + 100 * limits.maxTtlMs);
    expect(grantTtl({ limits, now, issuedAt, periodMs })).toEqual({
      ttlMs: limits.maxTtlMs,
      warnings: [
        'period of "20h" exceeded the effective max_ttl of "10h"; period value is capped accordingly',
      ],
    });
  });
});
