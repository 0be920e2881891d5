import { timingSafeEqual } from 'node:crypto';
import { AwsV4Signer } from 'aws4fetch';
import { accessDenied, notImplemented, Refusal } from './refusal.ts';

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

interface Claim {
  readonly key: string;
  readonly zone: string;
  readonly service: string;
  readonly datetime: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly isInQuery: boolean;
}

const greatestSkewMs = 15 * 60_000;

/** Checks an AWS Signature Version 4, in the header or in the query (a presigned URL). Throws a refusal. */
export async function verifySignature(
  request: SignedRequest,
  options: SignatureOptions,
): Promise<Signer> {
  const url = new URL(request.target, `http://${request.headers.host ?? 'localhost'}`);
  const claim = url.searchParams.has('X-Amz-Signature')
    ? claimInQuery(url)
    : claimInHeader(request.headers);
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
  claim: Claim,
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

function claimInHeader(headers: Readonly<Record<string, string>>): Claim {
  const { authorization } = headers;
  if (authorization === undefined) throw accessDenied();
  const [, fields] = /^AWS4-HMAC-SHA256 (.*)$/.exec(authorization) ?? [];
  if (fields === undefined) throw malformed('only AWS4-HMAC-SHA256 is supported');
  const values = new Map(fields.split(/, */).map((field) => splitOnce(field, '=')));
  return claimOf(
    values.get('Credential'),
    values.get('SignedHeaders'),
    values.get('Signature'),
    headers['x-amz-date'],
    false,
  );
}

function claimInQuery({ searchParams }: URL): Claim {
  return claimOf(
    searchParams.get('X-Amz-Credential') ?? undefined,
    searchParams.get('X-Amz-SignedHeaders') ?? undefined,
    searchParams.get('X-Amz-Signature') ?? undefined,
    searchParams.get('X-Amz-Date') ?? undefined,
    true,
  );
}

function claimOf(
  credential: string | undefined,
  signedHeaders: string | undefined,
  signature: string | undefined,
  datetime: string | undefined,
  isInQuery: boolean,
): Claim {
  const [key, date, zone, service, terminator] = credential?.split('/') ?? [];
  if (!key || !date || !zone || !service || terminator !== 'aws4_request') {
    throw malformed('the credential is not key/date/region/service/aws4_request');
  }
  if (!signedHeaders || !signature) throw malformed('SignedHeaders or Signature is missing');
  if (!datetime?.startsWith(date)) throw malformed('the date is missing or not that of its scope');
  return {
    key,
    zone,
    service,
    datetime,
    signedHeaders: signedHeaders.split(';'),
    signature,
    isInQuery,
  };
}

function checkScope({ zone, service, signedHeaders }: Claim, zones: readonly string[]): void {
  if (!zones.includes(zone)) {
    throw malformed(`the region "${zone}" is wrong; expecting "${zones.join('" or "')}"`);
  }
  if (service !== 's3') throw malformed(`the service "${service}" is wrong; expecting "s3"`);
  if (!signedHeaders.includes('host')) throw malformed('the host header must be signed');
}

function checkTime(claim: Claim, url: URL, now: Date): void {
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

function splitOnce(text: string, separator: string): [string, string] {
  const index = text.indexOf(separator);
  return index === -1 ? [text, ''] : [text.slice(0, index), text.slice(index + 1)];
}

function malformed(problem: string): Refusal {
  return new Refusal(
    400,
    'AuthorizationHeaderMalformed',
    `The authorization is malformed: ${problem}`,
  );
}
