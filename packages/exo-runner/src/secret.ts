import { inspect } from 'node:util';

/** A value that prints as `[redacted]` and is revealed only at the call that needs it. */
export interface Secret {
  reveal(): string;
}

const placeholder = '[redacted]';

/** Wraps a value so that logs, templates, JSON and inspection see `[redacted]` instead. */
export function createSecret(value: string): Secret {
  const hidden = {
    reveal: () => value,
    toString: () => placeholder,
    toJSON: () => placeholder,
    [Symbol.toPrimitive]: () => placeholder,
    [inspect.custom]: () => placeholder,
  };
  return Object.freeze(hidden);
}
