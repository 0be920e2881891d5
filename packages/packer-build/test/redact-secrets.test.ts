import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Emit } from '../src/packer-event.ts';
import { createRedaction } from '../src/redact-secrets.ts';
import { createTranscript, LINE_LIMIT } from '../src/transcript.ts';

const secretValue = fc
  .string({ minLength: 8, maxLength: 60, unit: 'grapheme-ascii' })
  .filter((value) => value.trim() === value);

const nothingKnown = { elapsedMs: 0, phaseExpectedMs: undefined, restExpectedMs: undefined };

test('createRedaction() hides every form of a secret, wherever it stands', () => {
  const forms = [
    (value: string) => value,
    (value: string) => Buffer.from(value).toString('base64'),
    encodeURIComponent,
    JSON.stringify,
  ];
  fc.assert(
    fc.property(secretValue, fc.constantFrom(...forms), fc.string(), (value, form, around) => {
      const redact = createRedaction([{ reveal: () => value }], undefined);
      const output = redact(`${around} ${form(value)} ${around}`);
      fc.pre(!around.includes(value));
      expect(output).not.toContain(form(value));
      expect(output).toContain('[redacted]');
    }),
  );
});

test('createRedaction() hides the lines of a value of many lines', () => {
  const redact = createRedaction([{ reveal: () => 'first line\nsecond line\n}\n' }], undefined);
  expect(redact('    hello: second line }')).toBe('    hello: [redacted] }');
});

test('createRedaction() hides credentials that it was not told of', () => {
  const redact = createRedaction([], undefined);
  expect(redact('GET /?apiKey=EXO1&command=x&X-Amz-Signature=ab12 refused')).toBe(
    'GET /?apiKey=[redacted]&command=x&X-Amz-Signature=[redacted] refused',
  );
  expect(redact('-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----.')).toBe(
    '[redacted].',
  );
  expect(redact('-----BEGIN PRIVATE KEY-----\nMIIE')).toBe('[redacted]');
});

test('createTranscript() shows no half of a secret that crosses the cut of a long line', () => {
  const secret = 'correct horse battery staple';
  const redact = createRedaction([{ reveal: () => secret }], undefined);
  const prefix = '1,,ui,message,';
  // Redaction makes the text shorter, which must not pull the cut secret into sight.
  const filler = secret.repeat(1_000);
  for (let shown = 1; shown < secret.length; shown += 1) {
    let told = '';
    const emit: Emit = (event) => {
      if (event.type === 'message-logged') told = event.text;
    };
    const room = LINE_LIMIT - prefix.length - filler.length - shown;
    const line = `${prefix}${filler}${'x'.repeat(room)}${secret.slice(0, shown)}`;
    createTranscript({ redact, emit, enter: () => nothingKnown }).accept(line);
    expect(told).toMatch(/^(\[redacted\])+x+$/);
  }
});
