import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { badRequest, type Refusal } from './refusal.ts';

export type Claims = Readonly<Record<string, unknown>>;

export interface Expectations {
  readonly publicKeys: readonly KeyObject[];
  /** Any when ''. */
  readonly issuer: string;
  readonly subject: string;
  readonly audiences: readonly string[];
  readonly now: Date;
  readonly clockSkewLeewayMs: number;
  readonly expirationLeewayMs: number;
  readonly notBeforeLeewayMs: number;
}

export function readPublicKey(pem: string): KeyObject {
  try {
    return createPublicKey(pem);
  } catch {
    throw badRequest('error parsing public key: not a public key in PEM');
  }
}

/** The claims of a JWT whose RS256 signature and times are right; anything else is refused. */
export function verifyJwt(jwt: string, expected: Expectations): Claims {
  const [header = '', payload = '', signature = '', ...rest] = jwt.split('.');
  if (signature === '' || rest.length > 0)
    throw invalid(unsigned('go-jose/go-jose: compact JWS format must have three parts'));
  for (const part of [header, payload, signature]) decodeBase64(part);
  const signed = Buffer.from(`${header}.${payload}`);
  const isSigned =
    decodePart(header).alg === 'RS256' &&
    expected.publicKeys.some((key) =>
      verify('RSA-SHA256', signed, key, Buffer.from(signature, 'base64url')),
    );
  if (!isSigned) throw invalid(unsigned('no known key successfully validated the token signature'));
  const claims = decodePart(payload);
  checkTimes(claims, expected);
  checkParties(claims, expected);
  return claims;
}

const unsigned = (reason: string): string => `error verifying token signature: ${reason}`;

const invalid = (reason: string): Refusal => badRequest(`error validating token: ${reason}`);

/** The place that is told is that of the first odd character, which is the part's beginning for what is too short. */
function decodeBase64(part: string): void {
  if (part.length % 4 === 1) throw invalid(unsigned('illegal base64 data at input byte 0'));
}

function decodePart(part: string): Claims {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    if (typeof value === 'object' && value !== null) return value as Claims;
  } catch {
    // Falls through: what cannot be read is malformed, whatever the reason.
  }
  throw invalid('malformed jwt');
}

/** A missing time is derived from the others, with the role's leeway, as Vault does. */
function checkTimes(claims: Claims, expected: Expectations): void {
  const at = (name: string): number => {
    const value = claims[name];
    return typeof value === 'number' ? value * 1_000 : 0;
  };
  const issuedMs = at('iat');
  if (issuedMs === 0 && at('nbf') === 0 && at('exp') === 0) {
    throw invalid('no issued at (iat), not before (nbf), or expiration time (exp) claims in token');
  }
  const expiresMs = at('exp') || Math.max(issuedMs, at('nbf')) + expected.expirationLeewayMs;
  const startsMs = at('nbf') || (issuedMs || expiresMs) - expected.notBeforeLeewayMs;
  const nowMs = expected.now.getTime();
  const skewMs = expected.clockSkewLeewayMs;
  if (nowMs > expiresMs + skewMs) {
    throw invalid('invalid expiration time (exp) claim: token is expired');
  }
  if (nowMs < startsMs - skewMs) {
    throw invalid('invalid not before (nbf) claim: token not yet valid');
  }
  if (nowMs < issuedMs - skewMs) {
    throw invalid('invalid issued at (iat) claim: token issued in the future');
  }
}

function checkParties(claims: Claims, expected: Expectations): void {
  if (expected.issuer !== '' && claims.iss !== expected.issuer) {
    throw invalid('invalid issuer (iss) claim');
  }
  if (expected.subject !== '' && claims.sub !== expected.subject) {
    throw invalid('invalid subject (sub) claim');
  }
  const audiences = [claims.aud ?? []].flat();
  if (expected.audiences.length === 0) {
    if (audiences.length === 0) return;
    throw badRequest('audience claim found in JWT but no audiences bound to the role');
  }
  if (!expected.audiences.some((audience) => audiences.includes(audience))) {
    throw invalid(
      'invalid audience (aud) claim: audience claim does not match any expected audience',
    );
  }
}
