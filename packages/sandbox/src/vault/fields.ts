import { parseDurationMs } from './durations.ts';
import { badRequest, type Refusal } from './refusal.ts';

/** The body (or query) of a call, read the way Vault reads it: forgiving about types, not about values. */
export interface Fields {
  readonly raw: Readonly<Record<string, unknown>>;
  readonly has: (name: string) => boolean;
  readonly string: (name: string) => string;
  readonly integer: (name: string) => number;
  readonly boolean: (name: string, otherwise?: boolean) => boolean;
  /** 0 when absent. */
  readonly durationMs: (name: string) => number;
  /** An array, or a text with commas. */
  readonly list: (name: string) => readonly string[];
  readonly strings: (name: string) => Readonly<Record<string, string>>;
}

export function readFields(raw: Readonly<Record<string, unknown>>): Fields {
  const has = (name: string): boolean => raw[name] !== undefined && raw[name] !== null;

  return {
    raw,
    has,
    string(name) {
      if (!has(name)) return '';
      const value = raw[name];
      if (typeof value === 'string') return value;
      if (typeof value === 'number' || typeof value === 'boolean') return String(value);
      throw unreadable(name, 'a string');
    },
    integer(name) {
      if (!has(name) || raw[name] === '') return 0;
      const value = Number(raw[name]);
      if (!Number.isInteger(value)) throw unreadable(name, 'an integer');
      return value;
    },
    boolean(name, otherwise = false) {
      if (!has(name)) return otherwise;
      if (raw[name] === true || raw[name] === 'true' || raw[name] === '1') return true;
      if (raw[name] === false || raw[name] === 'false' || raw[name] === '0') return false;
      throw unreadable(name, 'a boolean');
    },
    durationMs(name) {
      if (!has(name)) return 0;
      const durationMs = parseDurationMs(raw[name]);
      if (durationMs === undefined) {
        const given = JSON.stringify(raw[name]);
        throw badRequest(
          `error converting input for field "${name}": time: invalid duration ${given}`,
        );
      }
      if (durationMs < 0) {
        throw badRequest(
          `error converting input for field "${name}": cannot provide negative value '${String(raw[name])}'`,
        );
      }
      return durationMs;
    },
    list(name) {
      if (!has(name)) return [];
      const value = raw[name];
      const items = Array.isArray(value) ? value : String(value).split(',');
      return items.map((item) => String(item).trim()).filter((item) => item !== '');
    },
    strings(name) {
      const value = raw[name] ?? {};
      if (typeof value !== 'object' || Array.isArray(value)) throw unreadable(name, 'a map');
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, String(item)]));
    },
  };
}

const unreadable = (name: string, kind: string): Refusal =>
  badRequest(
    `Field validation failed: error converting input for field "${name}": expected ${kind}`,
  );
