import { createHmac, timingSafeEqual } from 'node:crypto';
import type { HttpRequest } from '../http/exchange.ts';

/** The parts of `Authorization: EXO2-HMAC-SHA256 credential=…[,signed-query-args=…],expires=…,signature=…`. */
export interface Authorization {
  readonly key: string;
  readonly signedQueryArgs: readonly string[];
  /** Seconds since 1970. */
  readonly expires: number;
  /** Base64. */
  readonly signature: string;
}

const form =
  /^EXO2-HMAC-SHA256 credential=([^,\s]+)(?:,signed-query-args=([^,\s]+))?,expires=(\d+),signature=([A-Za-z0-9+/]+={0,2})$/;

export function parseAuthorization(header: string): Authorization | undefined {
  const [, key, args, expires, signature] = form.exec(header) ?? [];
  if (key === undefined || expires === undefined || signature === undefined) return undefined;
  return { key, signedQueryArgs: args?.split(';') ?? [], expires: Number(expires), signature };
}

/** Every parameter that has exactly one value is signed, in ascending order of names. */
export function signableQueryArgs(query: string): readonly string[] {
  const parameters = new URLSearchParams(query);
  return [...new Set(parameters.keys())]
    .filter((name) => parameters.getAll(name).length === 1)
    .toSorted();
}

/** Five lines; the fourth stands for headers, of which none is signed. */
export function stringToSign(
  request: Pick<HttpRequest, 'method' | 'path' | 'query' | 'body'>,
  expires: number,
): string {
  const parameters = new URLSearchParams(request.query);
  const values = signableQueryArgs(request.query).map((name) => parameters.get(name) ?? '');
  return [
    `${request.method} ${request.path}`,
    Buffer.from(request.body).toString('utf8'),
    values.join(''),
    '',
    String(expires),
  ].join('\n');
}

export function sign(text: string, secret: string): string {
  return createHmac('sha256', secret).update(text).digest('base64');
}

export function isSignedBy(
  secret: string,
  request: Pick<HttpRequest, 'method' | 'path' | 'query' | 'body'>,
  { signedQueryArgs, expires, signature }: Authorization,
): boolean {
  if (signedQueryArgs.join(';') !== signableQueryArgs(request.query).join(';')) return false;
  const expected = Buffer.from(sign(stringToSign(request, expires), secret));
  const given = Buffer.from(signature);
  return expected.length === given.length && timingSafeEqual(expected, given);
}
