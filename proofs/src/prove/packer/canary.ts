import { randomBytes } from 'node:crypto';

/** A secret that is easy to find again, whatever somebody has made of it. */
export interface Canary {
  readonly kind: string;
  readonly value: string;
  /** The ways in which it turns up. */
  readonly forms: readonly string[];
}

export function createCanary(kind: string): Canary {
  const value = `canary-${kind}-${randomBytes(12).toString('hex')}/+=`;
  const base64 = [value, `x${value}`, `xy${value}`].map((text) =>
    // What is before and behind it blurs the characters at both ends.
    Buffer.from(text).toString('base64').slice(4, -6),
  );
  return { kind, value, forms: [value, encodeURIComponent(value), ...base64] };
}

/** Kinds of the canaries that show in a text. */
export function canariesIn(text: string, canaries: readonly Canary[]): readonly string[] {
  return canaries
    .filter(({ forms }) => forms.some((form) => text.includes(form)))
    .map(({ kind }) => kind);
}
