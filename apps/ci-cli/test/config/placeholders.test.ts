import { expect, test } from 'vitest';
import { fillPlaceholders, placeholdersIn, textWith } from '../../src/config/placeholders.ts';

/** Keeps `${` out of plain strings, where it would look like a template literal gone wrong. */
const $ = (name: string) => `\${${name}}`;

test('fillPlaceholders() fills in every one', () => {
  const text = `${$('app')}-${$('version')}-${$('app')}`;
  expect(fillPlaceholders(text, { app: 'hello', version: '1' })).toBe('hello-1-hello');
});

test('fillPlaceholders() does not look at what it filled in', () => {
  expect(fillPlaceholders($('app'), { app: $('version'), version: '1' })).toBe($('version'));
});

test('fillPlaceholders() leaves an escaped one alone', () => {
  expect(fillPlaceholders(`$${$('HOME')}/${$('app')}`, { app: 'hello' })).toBe(
    `${$('HOME')}/hello`,
  );
});

test.each(['version', 'constructor', ''])(
  'fillPlaceholders() refuses "%s" without a value',
  (name) => {
    expect(() => fillPlaceholders($(name), { app: 'hello' })).toThrow(RangeError);
  },
);

test('placeholdersIn() names each once', () => {
  expect(placeholdersIn(`${$('a')}${$('b')}${$('a')}$${$('c')}`)).toEqual(['a', 'b']);
});

test('textWith() suggests what may have been meant', () => {
  const schema = textWith('app', 'version', 'variables.');
  expect(schema.safeParse(`${$('app')}/${$('variables.release')}`).success).toBe(true);
  expect(schema.safeParse($('verison')).error?.issues[0]?.message).toBe(
    'Unknown placeholder "verison": did you mean "version"',
  );
  expect(schema.safeParse($('home')).error?.issues[0]?.message).toBe(
    'Unknown placeholder "home": there are app, version, variables.',
  );
});
