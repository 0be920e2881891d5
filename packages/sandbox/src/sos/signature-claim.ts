import { accessDenied, Refusal } from './refusal.ts';

/** What a signature says about itself, before anything of it is believed. */
export interface SignatureClaim {
  readonly key: string;
  /** The region of its scope. */
  readonly zone: string;
  readonly service: string;
  readonly datetime: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly isInQuery: boolean;
}

/** From the query of a presigned URL, else from the header. */
export function readClaim(url: URL, headers: Readonly<Record<string, string>>): SignatureClaim {
  return url.searchParams.has('X-Amz-Signature') ? claimInQuery(url) : claimInHeader(headers);
}

function claimInHeader(headers: Readonly<Record<string, string>>): SignatureClaim {
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

function claimInQuery({ searchParams }: URL): SignatureClaim {
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
): SignatureClaim {
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

function splitOnce(text: string, separator: string): [string, string] {
  const index = text.indexOf(separator);
  return index === -1 ? [text, ''] : [text.slice(0, index), text.slice(index + 1)];
}

export function malformed(problem: string): Refusal {
  return new Refusal(
    400,
    'AuthorizationHeaderMalformed',
    `The authorization is malformed: ${problem}`,
  );
}
