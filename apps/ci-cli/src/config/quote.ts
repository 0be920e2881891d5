const LONGEST = 60;

/** Vault tokens, Exoscale keys, private keys, URLs with a password: in the wrong place, they must not reach a job log. */
const CREDENTIAL = /\b(?:hv[sbr]\.|s\.[A-Za-z0-9]{20}|EXO[0-9a-f]{20})|PRIVATE KEY|:\/\/[^/]*@/;

/** A value as a message shows it: short, on one line, and never a credential. */
export function quote(value: unknown): string {
  if (value === null || value === undefined || value === '') {
    return 'nothing';
  }
  if (typeof value !== 'string') {
    return isPlain(value) ? String(value) : Array.isArray(value) ? 'a list' : 'keys with values';
  }
  if (CREDENTIAL.test(value)) {
    return '[redacted]';
  }
  return JSON.stringify(value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value);
}

function isPlain(value: unknown): value is number | bigint | boolean {
  return ['number', 'bigint', 'boolean'].includes(typeof value);
}
