import fc from 'fast-check';
import type { TestCase, TestSuite } from '../src/index.ts';

/** Every one there is, lone surrogates too. */
const anyCodeUnit: fc.Arbitrary<string> = fc
  .nat({ max: 0xffff })
  .map((code) => String.fromCharCode(code));

/** A suite with one case of each kind. */
export const smokeSuite: TestSuite = {
  name: 'smoke hello-1.2.0',
  durationMs: 61_500,
  startedAt: new Date('2026-01-02T03:04:05Z'),
  cases: [
    { name: 'boot', durationMs: 42_001 },
    {
      name: 'GET /',
      classname: 'checks',
      durationMs: 12,
      failure: {
        message: 'status 502, expected "2xx"',
        detail: '<h1>Bad\u001b[31m gateway</h1>\n]]>',
      },
      output: 'server: nginx & co',
    },
    { name: 'GET /health', classname: 'checks', durationMs: 0, skipped: 'GET / failed #1' },
  ],
};

/** Any string a program can hold: control characters, lone surrogates, markup. */
const anyString: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: anyCodeUnit }),
  fc.string({
    unit: fc.constantFrom(
      '<',
      '>',
      '&',
      '"',
      ']]>',
      '\r',
      '\n',
      '\t',
      '\0',
      '\u001b',
      '#',
      '\\',
      '\ud800',
      '\ufffe',
      '\u0085',
      ' ',
    ),
  }),
);

const anyDuration = fc.double({ min: 0, max: 1e9, noNaN: true });

const anyCase: fc.Arbitrary<TestCase> = fc.record(
  {
    name: anyString,
    classname: anyString,
    durationMs: anyDuration,
    failure: fc.record({ message: anyString, detail: anyString }),
    skipped: anyString,
    output: anyString,
  },
  { requiredKeys: ['name', 'durationMs'] },
);

export const anySuite: fc.Arbitrary<TestSuite> = fc.record({
  name: anyString,
  durationMs: anyDuration,
  cases: fc.array(anyCase, { maxLength: 5 }),
});

/** What the renderers may change in a text: what neither format can carry. */
export function carried(text: string): string {
  return Array.from(text.toWellFormed())
    .map((character) => {
      if (character === '\ufffe' || character === '\uffff') return '\ufffd';
      const isControl = character < ' ' && !'\t\n\r'.includes(character);
      return isControl ? String.fromCodePoint(0x2400 + character.charCodeAt(0)) : character;
    })
    .join('');
}
