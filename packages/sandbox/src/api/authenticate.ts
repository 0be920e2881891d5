import type { HttpRequest, HttpResponse } from '../http/exchange.ts';
import type { Cloud } from '../model/cloud.ts';
import { failure } from './api-failure.ts';
import { isSignedBy, parseAuthorization } from './signature.ts';

export type Authentication =
  | { readonly key: string }
  /** Refused; which status the real servers choose was never measured. */
  | { readonly refusal: HttpResponse };

export function authenticate(cloud: Cloud, request: HttpRequest): Authentication {
  const header = request.headers.authorization;
  if (header === undefined) return { refusal: failure(401, 'Authentication required') };
  const authorization = parseAuthorization(header);
  if (authorization === undefined) return { refusal: failure(401, 'Malformed authorization') };
  const secret = cloud.iam.secretOf(authorization.key);
  if (secret === undefined) return { refusal: failure(403, 'Unknown API key') };
  if (!isSignedBy(secret, request, authorization)) {
    return { refusal: failure(403, 'Invalid signature') };
  }
  if (authorization.expires * 1000 <= cloud.now().getTime()) {
    return { refusal: failure(403, 'Request has expired') };
  }
  return { key: authorization.key };
}
