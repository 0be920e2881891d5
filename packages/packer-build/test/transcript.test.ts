import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTranscript, type Transcript } from '../src/transcript.ts';

/** Every one there is, lone surrogates too. */
const anyCodeUnit: fc.Arbitrary<string> = fc
  .nat({ max: 0xffff })
  .map((code) => String.fromCharCode(code));

const nothingKnown = { elapsedMs: 0, phaseExpectedMs: undefined, restExpectedMs: undefined };

function transcribe(lines: readonly string[], redact = (text: string) => text): Transcript {
  const transcript = createTranscript({ redact, emit: () => {}, enter: () => nothingKnown });
  for (const line of lines) transcript.accept(line);
  return transcript;
}

test('createTranscript() never throws and stays bounded, whatever is printed', () => {
  const field = fc.constantFrom(
    'artifact',
    'artifact-count',
    'end',
    'file',
    '0',
    'id',
    'ui',
    'say',
    'error',
    'x',
  );
  const line = fc.oneof(
    fc.string({ unit: anyCodeUnit }),
    fc.array(field, { maxLength: 7 }).map((fields) => `1,hello,${fields.join(',')}`),
  );
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 300, size: 'max' }), (lines) => {
      const { messages, artifacts, faults } = transcribe(lines);
      expect(messages.length).toBeLessThanOrEqual(40);
      expect(artifacts.length + faults.length).toBeLessThanOrEqual(400);
    }),
    { numRuns: 30 },
  );
});

test('createTranscript() takes no word of the guest for a phase or a failure', () => {
  const transcript = transcribe([
    '1,,ui,message,    hello: ==> hello: Gracefully halting virtual machine...',
    '1,,ui,error,==> hello: Gracefully halting virtual machine...',
    "1,,ui,message,    hello: Build 'hello' finished after 1 second.",
    '1,,ui,message,    hello: Timeout waiting for SSH.',
  ]);
  expect(transcript.phase).toBeUndefined();
  expect(transcript.faults).toEqual([]);
});

test('createTranscript() redacts what a comma would have hidden', () => {
  const redact = (text: string): string => text.replaceAll('a,b', '***');
  const { messages } = transcribe(['1,,ui,say,secret a%!(PACKER_COMMA)b'], redact);
  expect(messages).toEqual(['secret ***']);
});
