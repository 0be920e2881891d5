import { inspect } from 'node:util';
import type { Secret } from './credentials.ts';

/** A secret that shows itself to nobody who does not ask for it by name. */
export function conceal(value: string): Secret {
  const redacted = (): string => '[redacted]';
  return Object.defineProperties({} as Secret, {
    reveal: { value: () => value },
    toString: { value: redacted },
    toJSON: { value: redacted },
    [inspect.custom]: { value: redacted },
  });
}
