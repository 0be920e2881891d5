import { expect, test } from 'vitest';
import { json } from '../../src/http/exchange.ts';

test('json() says what it is', () => {
  expect(json(404, { message: 'no' })).toEqual({
    status: 404,
    headers: { 'content-type': 'application/json' },
    body: '{"message":"no"}',
  });
});

test('json() adds headers', () => {
  const { headers } = json(429, {}, { 'retry-after': '1' });
  expect(headers).toEqual({ 'content-type': 'application/json', 'retry-after': '1' });
});
