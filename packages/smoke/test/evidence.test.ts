import { expect, test } from 'vitest';
import { excerptOf } from '../src/evidence.ts';

function excerpt(
  body: string | Uint8Array,
  headers: Record<string, string> = {},
): ReturnType<typeof excerptOf> {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  return excerptOf({ status: 200, headers, body: bytes, truncated: false });
}

test('excerptOf() keeps a short body whole', () => {
  expect(excerpt('Grüezi')).toMatchObject({ body: 'Grüezi', bodyTruncated: false });
});

test('excerptOf() cuts before a character, not through it', () => {
  const { body, bodyTruncated } = excerpt(`${'x'.repeat(2_047)}é tail`);
  expect(body).toBe('x'.repeat(2_047));
  expect(bodyTruncated).toBe(true);
});

test('excerptOf() shows bytes that are no text as replacement characters', () => {
  expect(excerpt(Uint8Array.of(0x48, 0xff, 0xfe)).body).toBe('H\ufffd\ufffd');
});

test('excerptOf() leaves out the headers that carry credentials', () => {
  const headers = {
    'Set-Cookie': 'a',
    authorization: 'b',
    'authentication-info': 'c',
    server: 'd',
  };
  expect(excerpt('', headers).headers).toEqual({ server: 'd' });
});
