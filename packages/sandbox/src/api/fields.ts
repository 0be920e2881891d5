import { Refusal } from '../model/refusal.ts';

/** A value of a request body: `undefined` was not sent, `null` was sent as such. */
export type Sent<T> = T | null | undefined;

/** Typed reading of a JSON body; a wrong type is a refusal that names the field. Unknown fields are ignored. */
export interface Fields {
  text(name: string): Sent<string>;
  integer(name: string, minimum: number, maximum?: number): Sent<number>;
  boolean(name: string): Sent<boolean>;
  oneOf<T extends string>(name: string, words: readonly T[]): Sent<T>;
  /** `id` of a referenced object, of which clients send all or part; `{}` refers to nothing. */
  id(name: string, property?: string): Sent<string>;
  ids(name: string, property?: string): Sent<readonly string[]>;
  texts(name: string): Sent<readonly string[]>;
  labels(name: string): Sent<Readonly<Record<string, string>>>;
  object(name: string): Sent<Fields>;
  raw(name: string): unknown;
  /** The body as it was sent. */
  readonly all: unknown;
}

export function readFields(source: Readonly<Record<string, unknown>>, prefix = ''): Fields {
  function read<T>(name: string, convert: (value: unknown) => T | undefined): Sent<T> {
    const value = source[name];
    if (value === undefined || value === null) return value;
    const converted = convert(value);
    if (converted === undefined) throw invalid(prefix + name);
    return converted;
  }

  return {
    text: (name) => read(name, asText),
    integer: (name, minimum, maximum = Number.MAX_SAFE_INTEGER) =>
      read(name, (value) => {
        const isInside = Number.isInteger(value) && minimum <= Number(value);
        return isInside && Number(value) <= maximum ? Number(value) : undefined;
      }),
    boolean: (name) => read(name, (value) => (typeof value === 'boolean' ? value : undefined)),
    oneOf: (name, words) => read(name, (value) => words.find((word) => word === value)),
    id: (name, property = 'id') => {
      const reference = read(name, asObject);
      return reference && readFields(reference, `${prefix}${name}.`).text(property);
    },
    ids: (name, property = 'id') =>
      read(name, (value) => asList(value, (item) => asText(asObject(item)?.[property]))),
    texts: (name) => read(name, (value) => asList(value, asText)),
    labels: (name) =>
      read(name, (value) => {
        const labels = asObject(value);
        const isFlat = labels !== undefined && Object.values(labels).every(isText);
        return isFlat ? (labels as Record<string, string>) : undefined;
      }),
    object: (name) => {
      const object = read(name, asObject);
      return object && readFields(object, `${prefix}${name}.`);
    },
    raw: (name) => source[name],
    all: source,
  };
}

/** The value, or a refusal when it was not sent. */
export function need<T>(value: Sent<T>, name: string): T {
  if (value === undefined || value === null) throw invalid(name);
  return value;
}

export function invalid(name: string): Refusal {
  return new Refusal('invalid', `Invalid parameter: ${name}`);
}

export function asObject(value: unknown): Record<string, unknown> | undefined {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? (value as Record<string, unknown>) : undefined;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function asText(value: unknown): string | undefined {
  return isText(value) ? value : undefined;
}

function asList<T>(value: unknown, item: (value: unknown) => T | undefined): T[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const items = value.map(item);
  return items.every((one) => one !== undefined) ? items : undefined;
}
