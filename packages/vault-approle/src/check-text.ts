import type { Secret } from './secret.ts';

const longestCredentialBytes = 4096;
const longestTimerMs = 2_147_483_647;

/** Never quotes the value; only says what is wrong with it. */
export function checkCredentialText(
  name: string,
  value: string,
  longestBytes: number = longestCredentialBytes,
): string {
  if (typeof value !== 'string' || value.trim() === '') throw new TypeError(`Missing ${name}`);
  if (value !== value.trim()) {
    throw new TypeError(`Invalid ${name}: it starts or ends with white space or a line break`);
  }
  if (!/^[\x20-\x7e]*$/.test(value)) {
    throw new TypeError(`Invalid ${name}: it holds characters outside printable ASCII`);
  }
  if (value.length > longestBytes) {
    throw new RangeError(`Invalid ${name}: ${value.length} bytes, want ${longestBytes} at most`);
  }
  return value;
}

/** The text of a secret that may be missing, as from an environment variable that is not set. */
export function checkSecretText(
  name: string,
  secret: Secret | undefined,
  longestBytes: number = longestCredentialBytes,
): string {
  if (typeof secret?.reveal !== 'function') {
    throw new TypeError(`Missing ${name}: want an object with a method "reveal"`);
  }
  return checkCredentialText(name, secret.reveal(), longestBytes);
}

export function checkDuration(name: string, value: number): number {
  if (typeof value !== 'number') {
    throw new TypeError(`Invalid ${name}: a ${typeof value}, want milliseconds as a number`);
  }
  if (!(value >= 1 && value <= longestTimerMs)) {
    throw new RangeError(`Invalid ${name}: ${value}, want 1 to ${longestTimerMs}`);
  }
  return value;
}

/** A key that is misspelled would otherwise be a setting that silently does not hold. */
export function refuseUnknownKeys(
  where: string,
  value: object,
  known: Readonly<Record<string, true>>,
): void {
  if (typeof value !== 'object' || value === null)
    throw new TypeError(`Missing options of ${where}`);
  const unknown = Object.keys(value).find((key) => !Object.hasOwn(known, key));
  if (unknown === undefined) return;
  const names = Object.keys(known).sort().join(', ');
  throw new TypeError(`Unknown option "${unknown}" of ${where}: want one of ${names}`);
}
