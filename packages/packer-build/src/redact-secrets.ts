import type { Secret } from './secret.ts';

export type Redact = (text: string) => string;

const REDACTED = '[redacted]';
/** Shorter pieces would black out ordinary words. */
const SHORTEST_PIECE = 6;

/** Packer's Exoscale and S3 post-processors quote signed URLs in their errors. */
const CREDENTIAL_PARAMETER =
  /\b(apikey|signature|x-amz-(?:signature|credential|security-token))=[^&\s"']+/gi;
const PRIVATE_KEY =
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g;

/**
 * Hides the given secrets and everything that looks like a credential, then whatever `redact` hides. Packer's own
 * redaction is off in the machine-readable format.
 */
export function createRedaction(secrets: readonly Secret[], redact: Redact | undefined): Redact {
  const forms = [...new Set(secrets.flatMap((secret) => formsOf(secret.reveal())))];
  // The longest first: a form may contain another one.
  forms.sort((left, right) => right.length - left.length);
  return (text) => {
    let result = text
      .replaceAll(PRIVATE_KEY, REDACTED)
      .replaceAll(CREDENTIAL_PARAMETER, `$1=${REDACTED}`);
    for (const form of forms) result = result.replaceAll(form, REDACTED);
    return redact === undefined ? result : redact(result);
  };
}

/** The ways in which a value turns up in output; a value of many lines arrives line by line. */
function formsOf(value: string): string[] {
  const base64 = Buffer.from(value).toString('base64');
  return [
    value,
    base64.replace(/=+$/, ''),
    encodeURIComponent(value.toWellFormed()),
    JSON.stringify(value).slice(1, -1),
    ...value.split(/\r?\n/).filter((line) => line.length >= SHORTEST_PIECE),
  ].filter((form) => form !== '');
}
