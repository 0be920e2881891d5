import { inspect } from 'node:util';

/** Something that must not be printed by accident. */
export interface Secret {
  reveal(): string;
}

/** Whatever prints it sees `[redacted]`. */
export function concealed(value: string): Secret {
  const redacted = (): string => '[redacted]';
  return Object.freeze({
    reveal: () => value,
    toString: redacted,
    toJSON: redacted,
    [inspect.custom]: redacted,
  });
}
