import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { signRequest, stringToSign } from '../src/sign-request.ts';

interface Vector {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly body: string;
  readonly apiKey: string;
  readonly apiSecret: string;
  readonly expires: number;
  readonly stringToSign: string;
  readonly authorization: string;
}

const vectors = JSON.parse(
  readFileSync(new URL('./fixtures/sign-vectors.json', import.meta.url), 'utf8'),
) as readonly Vector[];

describe('signRequest()', () => {
  it.each(vectors)('signs $method $path?$query as Exoscale’s own client did', (vector) => {
    const { method, path, query, body } = vector;
    const request = { method, path, query, body, expiresAt: new Date(vector.expires * 1000) };
    const credentials = { key: vector.apiKey, secret: { reveal: () => vector.apiSecret } };
    expect(stringToSign(request)).toBe(vector.stringToSign);
    expect(signRequest(request, credentials)).toBe(vector.authorization);
  });

  it('has vectors to be proved by', () => {
    expect(vectors.length).toBeGreaterThanOrEqual(10);
  });

  it('leaves parameters with several values unsigned', () => {
    const request = { method: 'GET', path: '/v2/x', query: 'a=1&b=2&a=3', expiresAt: new Date(0) };
    expect(stringToSign(request)).toBe('GET /v2/x\n\n2\n\n0');
  });
});
