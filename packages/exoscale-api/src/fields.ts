import { ExoscaleError } from './exoscale-error.ts';

/** Where an answer came from, for the error that a bad shape gets. */
export interface Origin {
  readonly call: string;
  /** Path inside the answer: `instances[3]`. */
  readonly at?: string | undefined;
}

/** Typed access to one JSON object of an answer. `null`, absent and `''` are the same: the API uses all three. */
export interface Fields {
  text(name: string): string;
  optionalText(name: string): string | undefined;
  count(name: string): number;
  optionalCount(name: string): number | undefined;
  flag(name: string): boolean | undefined;
  /** RFC 3339. */
  optionalMoment(name: string): Date | undefined;
  /** String to string; absent = empty. */
  labels(name: string): Readonly<Record<string, string>>;
  record(name: string): Fields | undefined;
  /** What a list call is asked for: must be there, empty or not. */
  list(name: string): readonly Fields[];
  /** Absent = empty. */
  records(name: string): readonly Fields[];
  /** The ids of a list of references. */
  ids(name: string): readonly string[];
  /** The object as it was answered. */
  readonly raw: Readonly<Record<string, unknown>>;
}

type Fail = (wanted: string) => never;

/** Wraps an answer; whatever does not fit is an `invalid-response` that names the field. */
export function readFields(value: unknown, origin: Origin): Fields {
  const failAt =
    (name: string): Fail =>
    (wanted) =>
      invalid(origin, name, wanted);
  const raw = asObject(value, failAt(''));
  const optional = <T>(name: string, read: (found: unknown, fail: Fail) => T): T | undefined => {
    const found = raw[name];
    const isAbsent = found === undefined || found === null || found === '';
    return isAbsent ? undefined : read(found, failAt(name));
  };
  const required = <T>(name: string, read: (found: unknown, fail: Fail) => T): T =>
    optional(name, read) ?? failAt(name)('present');
  const nested = (name: string): Origin => ({ call: origin.call, at: join(origin.at, name) });
  const each = (name: string, items: readonly unknown[]): readonly Fields[] =>
    items.map((item, index) => readFields(item, nested(`${name}[${index}]`)));

  const fields: Fields = {
    text: (name) => required(name, asText),
    optionalText: (name) => optional(name, asText),
    count: (name) => required(name, asCount),
    optionalCount: (name) => optional(name, asCount),
    flag: (name) => optional(name, asFlag),
    optionalMoment: (name) => optional(name, asMoment),
    labels: (name) => optional(name, asLabels) ?? {},
    record: (name) => optional(name, (found) => readFields(found, nested(name))),
    list: (name) => each(name, required(name, asList)),
    records: (name) => each(name, optional(name, asList) ?? []),
    ids: (name) => fields.records(name).map((item) => item.text('id')),
    raw,
  };
  return fields;
}

/** Wraps an answer that is a list itself. */
export function readListed(value: unknown, origin: Origin): readonly Fields[] {
  const items = asList(value, (wanted) => invalid(origin, '', wanted));
  return items.map((item, index) => readFields(item, { ...origin, at: `[${index}]` }));
}

function asText(value: unknown, fail: Fail): string {
  return typeof value === 'string' ? value : fail('a string');
}

function asCount(value: unknown, fail: Fail): number {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : fail('a whole number');
}

function asFlag(value: unknown, fail: Fail): boolean {
  return typeof value === 'boolean' ? value : fail('a boolean');
}

function asMoment(value: unknown, fail: Fail): Date {
  const text = asText(value, fail);
  const moment = new Date(text);
  // Without a zone, a date would be taken for local time.
  const isWhole = /T.+(?:Z|[+-]\d\d:\d\d)$/i.test(text) && !Number.isNaN(moment.getTime());
  return isWhole ? moment : fail('a date with a time zone');
}

function asList(value: unknown, fail: Fail): readonly unknown[] {
  return Array.isArray(value) ? value : fail('a list');
}

function asObject(value: unknown, fail: Fail): Readonly<Record<string, unknown>> {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? (value as Readonly<Record<string, unknown>>) : fail('an object');
}

function asLabels(value: unknown, fail: Fail): Readonly<Record<string, string>> {
  const entries = Object.entries(asObject(value, fail));
  return Object.fromEntries(
    entries.map(([key, text]) => [key, typeof text === 'string' ? text : fail('all strings')]),
  );
}

function invalid(origin: Origin, name: string, wanted: string): never {
  const field = join(origin.at, name);
  const subject = field === '' ? 'it' : `"${field}"`;
  throw new ExoscaleError(
    `Cannot use the answer to "${origin.call}": ${subject} is not ${wanted}`,
    {
      code: 'invalid-response',
      call: origin.call,
    },
  );
}

function join(at: string | undefined, name: string): string {
  return [at ?? '', name].filter((part) => part !== '').join('.');
}
