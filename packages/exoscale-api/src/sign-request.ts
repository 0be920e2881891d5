import { createHmac } from 'node:crypto';
import type { Credentials } from './credentials.ts';

export interface SignableRequest {
  readonly method: string;
  /** Escaped, exactly as sent, with its `/v2`. */
  readonly path: string;
  /** Raw, without `?`. @default '' */
  readonly query?: string | undefined;
  /** Exactly the text that is sent. @default '' */
  readonly body?: string | undefined;
  readonly expiresAt: Date;
}

/**
 * Returns the `Authorization` header of Exoscale's API v2 (EXO2-HMAC-SHA256). Host and scheme are not signed; of the
 * query, every parameter that has exactly one value is.
 */
export function signRequest(request: SignableRequest, credentials: Credentials): string {
  const signed = signedParameters(request.query ?? '');
  const signature = createHmac('sha256', credentials.secret.reveal())
    .update(stringToSign(request), 'utf8')
    .digest('base64');
  return `EXO2-HMAC-SHA256 ${[
    `credential=${credentials.key}`,
    ...(signed.length > 0 ? [`signed-query-args=${signed.map(([name]) => name).join(';')}`] : []),
    `expires=${unixSeconds(request.expiresAt)}`,
    `signature=${signature}`,
  ].join(',')}`;
}

/** The five lines that the signature covers; the fourth is reserved for headers and always empty. */
export function stringToSign(request: SignableRequest): string {
  const values = signedParameters(request.query ?? '').map(([, value]) => value);
  return [
    `${request.method} ${request.path}`,
    request.body ?? '',
    values.join(''),
    '',
    unixSeconds(request.expiresAt),
  ].join('\n');
}

function signedParameters(query: string): (readonly [name: string, value: string])[] {
  const parameters = new URLSearchParams(query);
  return [...new Set(parameters.keys())].sort().flatMap((name) => {
    const [value, ...others] = parameters.getAll(name);
    return value === undefined || others.length > 0 ? [] : [[name, value] as const];
  });
}

function unixSeconds(moment: Date): number {
  return Math.floor(moment.getTime() / 1000);
}
