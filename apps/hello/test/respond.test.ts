import { expect, test } from 'vitest';
import { respond } from '../src/respond.ts';

const serving = { version: '1.2.3', release: 'good', instance: 'i-1', isDraining: false } as const;
const ask = (path: string, state: object = {}, method = 'GET') =>
  respond({ method, path }, { ...serving, ...state });

test('respond() greets', () => {
  expect(ask('/')).toMatchObject({ status: 200, body: 'Hello, World!\n' });
});

test('respond() tells version and instance as JSON', () => {
  const answer = ask('/version');
  expect(answer.contentType).toBe('application/json');
  expect(JSON.parse(answer.body)).toEqual({ version: '1.2.3', instance: 'i-1' });
});

test.each([
  ['good', 200, 'ok', 200],
  ['bad-health', 503, 'unhealthy', 200],
  ['bad-app', 200, 'ok', 500],
] as const)(
  'respond() of %s: health is %d "%s", greeting is %d',
  (release, health, word, greeting) => {
    expect(ask('/healthz', { release })).toMatchObject({ status: health, body: word });
    expect(ask('/', { release }).status).toBe(greeting);
  },
);

test('respond() fails the health and still greets while draining', () => {
  expect(ask('/healthz', { isDraining: true })).toMatchObject({ status: 503, body: 'draining' });
  expect(ask('/', { isDraining: true }).status).toBe(200);
});

test.each([
  ['GET', '/nothing'],
  ['POST', '/'],
  ['GET', '//'],
])('respond() knows no %s %s', (method, path) => {
  expect(ask(path, {}, method).status).toBe(404);
});

test('respond() answers HEAD as it answers GET', () => {
  expect(ask('/', {}, 'HEAD')).toEqual(ask('/'));
});
