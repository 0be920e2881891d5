import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRedactor, createSecret, type RedactorSink } from '../src/index.ts';

const secret = 'CANARY-abc/def+0123456789';

function base64(text: string, encoding: 'base64' | 'base64url' = 'base64'): string {
  return Buffer.from(text).toString(encoding);
}

async function filter(redactor: RedactorSink, chunks: Iterable<Buffer | string>): Promise<string> {
  const out: Buffer[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, callback) {
      out.push(chunk);
      callback();
    },
  });
  await pipeline(Readable.from(chunks, { objectMode: false }), redactor.wrap(), sink);
  return Buffer.concat(out).toString();
}

/** Cuts at every position that falls below the length, so that chunks of any size come up. */
function cutAt(bytes: Buffer, positions: readonly number[]): Buffer[] {
  const cuts = [...new Set(positions.map((position) => position % (bytes.length + 1)))];
  const edges = [0, ...cuts.sort((left, right) => left - right), bytes.length];
  return edges.slice(1).map((edge, index) => bytes.subarray(edges[index], edge));
}

describe('createRedactor()', () => {
  // Around base64 a character or two may remain: they also carry bits of what stands beside the secret.
  test.each([
    ['as it is', secret, /^<\[redacted\]>$/],
    ['in base64', base64(secret), /^<\[redacted\].{0,3}>$/],
    ['in base64 after one byte', base64(`:${secret}`), /^<.{2}\[redacted\].{0,3}>$/],
    ['in base64 within more', base64(`k:${secret}\n`), /^<.{3}\[redacted\].{0,4}>$/],
    ['in base64url', base64(`k:${secret}`, 'base64url'), /^<.{3}\[redacted\].{0,3}>$/],
    ['percent-encoded', 'CANARY-abc%2Fdef%2B0123456789', /^<\[redacted\]>$/],
    ['percent-encoded in lower case', 'CANARY-abc%2fdef%2b0123456789', /^<\[redacted\]>$/],
    ['in JSON', JSON.stringify({ secret }), /^<\{"secret":"\[redacted\]"\}>$/],
  ])('hides a secret %s', (_form, text, expected) => {
    const redactor = createRedactor();
    redactor.add(createSecret(secret));
    expect(redactor.redact(`<${text}>`)).toMatch(expected);
  });

  test('hides what JSON escapes, also the way Go does', () => {
    const redactor = createRedactor();
    redactor.add('quote " and <angle> & more');
    const escaped = JSON.stringify('quote " and <angle> & more');
    expect(redactor.redact(escaped)).toBe('"[redacted]"');
    const go = escaped.replace('<', '\\u003c').replace('>', '\\u003e').replace('&', '\\u0026');
    expect(redactor.redact(go)).toBe('"[redacted]"');
  });

  test('hides each line of a secret of several lines', () => {
    const redactor = createRedactor();
    redactor.add('first-line-0001\r\nsecond-line-0002\nshort\n');
    expect(redactor.redact('x first-line-0001 y second-line-0002 short')).toBe(
      'x [redacted] y [redacted] short',
    );
  });

  test('leaves secrets under eight characters alone', () => {
    const redactor = createRedactor();
    redactor.add('hunter2');
    redactor.add('');
    expect(redactor.redact('hunter2 and the empty text')).toBe('hunter2 and the empty text');
  });

  test('leaves no part of overlapping secrets', () => {
    const redactor = createRedactor();
    redactor.add('abcdefgh');
    redactor.add('efghijkl');
    redactor.add('abcdefghijklmnop');
    expect(redactor.redact('-abcdefghijkl-abcdefghijklmnop-')).toBe('-[redacted]-[redacted]-');
  });

  test('keeps text that is not UTF-8 and characters of several bytes', async () => {
    const redactor = createRedactor();
    redactor.add('geheimnis-äöü');
    const bytes = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('ä geheimnis-äöü €')]);
    const out = await filter(redactor, [bytes.subarray(0, 3), bytes.subarray(3)]);
    expect(out).toContain('ä [redacted] €');
    expect(redactor.redact('ä geheimnis-äöü €')).toBe('ä [redacted] €');
  });

  test('does not hold back text that cannot become a secret', async () => {
    const redactor = createRedactor();
    redactor.add('CANARY-0123456789');
    const stream = redactor.wrap();
    stream.write('Password: ');
    expect(String(stream.read())).toBe('Password: ');
    stream.write('a C');
    expect(String(stream.read())).toBe('a ');
    stream.end();
    expect(String(stream.read())).toBe('C');
  });

  test('hides secrets that were added while a stream runs', async () => {
    const redactor = createRedactor();
    async function* chunks(): AsyncGenerator<string> {
      yield 'one CANARY-0001 ';
      redactor.add('CANARY-0001');
      yield 'two CANARY-0001';
    }
    const out: string[] = [];
    for await (const chunk of Readable.from(chunks()).pipe(redactor.wrap()))
      out.push(String(chunk));
    expect(out.join('')).toBe('one CANARY-0001 two [redacted]');
  });

  test('a stream in any chunks says what the whole text says', async () => {
    // Few letters, so that secrets overlap each other and themselves.
    const letters = fc.string({
      unit: fc.constantFrom('a', 'b', 'ä'),
      minLength: 8,
      maxLength: 12,
    });
    const scenario = fc.record({
      secrets: fc.array(letters, { minLength: 1, maxLength: 4 }),
      text: fc.string({ unit: fc.constantFrom('a', 'b', 'ä', '\n'), maxLength: 200 }),
      picks: fc.array(fc.nat(), { maxLength: 5 }),
      cuts: fc.array(fc.nat(), { maxLength: 40 }),
    });
    const property = fc.asyncProperty(scenario, async ({ secrets, text, picks, cuts }) => {
      const redactor = createRedactor();
      for (const value of secrets) redactor.add(value);
      const inserted = picks.map((pick) => secrets[pick % secrets.length]).join('');
      const bytes = Buffer.from(text.slice(0, 50) + inserted + text.slice(50));
      const whole = redactor.redact(bytes.toString());
      expect(await filter(redactor, cutAt(bytes, cuts))).toBe(whole);
      for (const value of secrets) expect(whole).not.toContain(value);
    });
    await fc.assert(property, { numRuns: 300 });
  });
});
