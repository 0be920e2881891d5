import { expect, test } from 'vitest';
import { readSettings } from '../src/settings.ts';

const context = {
  baked: { version: '1.0.0', release: 'good', port: 9090, lameDuckMs: 2_000 },
  hostname: 'machine-7',
} as const;

test('readSettings() of an empty environment takes what was baked in', () => {
  expect(readSettings({}, context)).toEqual({
    host: '0.0.0.0',
    port: 9090,
    lameDuckMs: 2_000,
    instance: 'machine-7',
  });
});

test('readSettings() lets the environment go first', () => {
  const env = { HOST: '127.1.2.3', PORT: '8081', LAME_DUCK_MS: '0', HELLO_INSTANCE: 'blue' };
  expect(readSettings(env, context)).toEqual({
    host: '127.1.2.3',
    port: 8081,
    lameDuckMs: 0,
    instance: 'blue',
  });
});

test('readSettings() calls an instance by its address when it has one of its own', () => {
  expect(readSettings({ HOST: '127.1.2.3' }, context).instance).toBe('127.1.2.3');
  expect(readSettings({ HOST: '::' }, context).instance).toBe('machine-7');
});

test('readSettings() takes an empty variable for unset', () => {
  expect(readSettings({ HOST: '', PORT: '', LAME_DUCK_MS: '' }, context)).toEqual(
    readSettings({}, context),
  );
});

test.each([
  [{ PORT: 'http' }, 'Cannot use port "http": expected 0 to 65535'],
  [{ PORT: '65536' }, 'Cannot use port "65536": expected 0 to 65535'],
  [{ PORT: '-1' }, 'Cannot use port "-1": expected 0 to 65535'],
  [{ LAME_DUCK_MS: '15s' }, 'Cannot use lame duck "15s": expected 0 to 3600000 milliseconds'],
])('readSettings() refuses %j', (env, message) => {
  expect(() => readSettings(env, context)).toThrow(new RangeError(message));
});
