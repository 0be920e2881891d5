import { describe, expect, test } from 'vitest';
import { createScrubber } from '../src/scrubber.ts';

const secret = 'CANARY/se+cret"7';

describe('createScrubber()', () => {
  test.each([
    ['as it is', secret],
    ['percent-encoded', encodeURIComponent(secret)],
    ['in JSON', JSON.stringify(secret).slice(1, -1)],
    ['in base64', Buffer.from(secret).toString('base64').replace(/=+$/, '')],
  ])('removes a secret %s', (_form, text) => {
    const scrubber = createScrubber();
    scrubber.add(secret);
    expect(scrubber.scrub(`invalid secret_id "${text}"`)).toBe('invalid secret_id "[redacted]"');
  });

  test('removes anything that looks like a token', () => {
    const text = 'bad token hvs.CAESIJq0123456789abcdef-_ and s.abcdefghijklmnopqrstuvwx here';
    expect(createScrubber().scrub(text)).toBe('bad token [redacted] and [redacted] here');
  });

  test('makes one line of it', () => {
    expect(createScrubber().scrub('1 error occurred:\n\t* nope\u001b[31m\u2028x\r\n')).toBe(
      '1 error occurred: * nope [31m x',
    );
  });

  test('cuts only after the secrets are gone', () => {
    const scrubber = createScrubber();
    scrubber.add(secret);
    const clean = scrubber.scrub(`${'x'.repeat(295)}${secret}`);
    expect(clean).not.toContain('CAN');
    expect(clean.length).toBeLessThanOrEqual(301);
  });

  test('removes the longer of two secrets that begin alike', () => {
    const scrubber = createScrubber();
    scrubber.add('CANARY-1');
    scrubber.add('CANARY-1-and-more');
    expect(scrubber.scrub('CANARY-1-and-more')).toBe('[redacted]');
  });
});
