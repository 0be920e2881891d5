import { timingSafeEqual } from 'node:crypto';
import { AwsV4Signer } from 'aws4fetch';
import { notImplemented, Refusal } from './refusal.ts';
import { malformed, readClaim, type SignatureClaim } from './signature-claim.ts';

export interface SignedRequest {
  readonly method: string;
  /** Path and query exactly as sent. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface SignatureOptions {
  /** The secret of a key that exists now. */
  readonly secretOf: (key: string) => string | undefined;
  /** Regions are zones; a signature for any other is refused. */
  readonly zones: readonly string[];
  readonly now: Date;
}

export interface Signer {
  readonly key: string;
  readonly zone: string;
  /** Hex SHA-256 that the body must have; `undefined` when the payload is unsigned. */
  readonly sha256: string | undefined;
}

const greatestSkewMs = 15 * 60_000;

/** Checks an AWS Signature Version 4, in the header or in the query (a presigned URL). Throws a refusal. */
export async function verifySignature(
  request: SignedRequest,
  options: SignatureOptions,
): Promise<Signer> {
  const url = urlOf(request);
  const claim = readClaim(url, request.headers);
  checkScope(claim, options.zones);
  checkTime(claim, url, options.now);
  const secret = options.secretOf(claim.key);
  if (secret === undefined) {
    throw new Refusal(403, 'InvalidAccessKeyId', 'The access key does not exist');
  }
  const expected = await signatureOf(request, url, claim, secret);
  if (!isEqual(expected, claim.signature)) {
    throw new Refusal(403, 'SignatureDoesNotMatch', 'The signature does not match the request');
  }
  const sha256 = claim.isInQuery ? undefined : payloadHash(request.headers);
  return { key: claim.key, zone: claim.zone, sha256 };
}

/** The same request, signed once more by a client library: what counts is that both come to the same signature. */
function signatureOf(
  request: SignedRequest,
  url: URL,
  claim: SignatureClaim,
  secret: string,
): Promise<string> {
  url.searchParams.delete('X-Amz-Signature');
  const signer = new AwsV4Signer({
    method: request.method,
    url: url.href,
    headers: Object.fromEntries(
      claim.signedHeaders.map((name) => [name, request.headers[name] ?? '']),
    ),
    accessKeyId: claim.key,
    secretAccessKey: secret,
    service: claim.service,
    region: claim.zone,
    datetime: claim.datetime,
    signQuery: claim.isInQuery,
    allHeaders: true,
  });
  return signer.signature();
}

function urlOf({ target, headers }: SignedRequest): URL {
  const text = `http://${headers.host ?? ''}${target}`;
  if (URL.canParse(text)) return new URL(text);
  throw new Refusal(400, 'InvalidURI', 'The host or the path cannot be understood');
}

function checkScope(
  { zone, service, signedHeaders }: SignatureClaim,
  zones: readonly string[],
): void {
  if (!zones.includes(zone)) {
    throw malformed(`the region "${zone}" is wrong; expecting "${zones.join('" or "')}"`);
  }
  if (service !== 's3') throw malformed(`the service "${service}" is wrong; expecting "s3"`);
  if (!signedHeaders.includes('host')) throw malformed('the host header must be signed');
}

function checkTime(claim: SignatureClaim, url: URL, now: Date): void {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(claim.datetime);
  if (parts === null) throw malformed('the date is not an ISO 8601 basic time');
  const [, year, month, day, hour, minute, second] = parts;
  const signedAtMs = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  const ageMs = now.getTime() - signedAtMs;
  const lifeMs = claim.isInQuery
    ? Number(url.searchParams.get('X-Amz-Expires') ?? Number.NaN) * 1000
    : greatestSkewMs;
  if (claim.isInQuery && !(ageMs <= lifeMs)) {
    throw new Refusal(403, 'AccessDenied', 'Request has expired');
  }
  if (Math.abs(Math.min(ageMs, claim.isInQuery ? 0 : ageMs)) > greatestSkewMs) {
    throw new Refusal(403, 'RequestTimeTooSkewed', 'The clocks differ by more than 15 minutes');
  }
}

function payloadHash(headers: Readonly<Record<string, string>>): string | undefined {
  const hash = headers['x-amz-content-sha256'];
  if (hash === 'UNSIGNED-PAYLOAD') return undefined;
  if (hash?.startsWith('STREAMING-')) throw notImplemented(`payload signing by ${hash}`);
  if (!/^[0-9a-f]{64}$/.test(hash ?? '')) {
    throw new Refusal(
      400,
      'InvalidRequest',
      'The header x-amz-content-sha256 is missing or invalid',
    );
  }
  return hash;
}

function isEqual(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}
