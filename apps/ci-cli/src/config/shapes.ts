import { z } from 'zod';

type Shape = Readonly<Record<string, z.ZodType>>;

type WithoutDefaults<S extends Shape> = {
  [K in keyof S]: z.ZodOptional<S[K] extends z.ZodPrefault<infer Inner> ? Inner : S[K]>;
};

/** The same keys, all optional and without their defaults: what one place may override of another. */
export function withoutDefaults<S extends Shape>(shape: S): WithoutDefaults<S> {
  const entries = Object.entries(shape).map(([key, schema]) => {
    const inner = schema instanceof z.ZodPrefault ? schema.unwrap() : schema;
    return [key, z.optional(inner).describe(schema.description ?? '')];
  });
  return Object.fromEntries(entries) as WithoutDefaults<S>;
}

type InMilliseconds<T, K extends keyof T> = {
  [P in keyof T as P extends K & string ? `${P}Ms` : P]: T[P];
};

/** Gives what is a duration in the file (`interval: 5s`) its name in code (`intervalMs: 5000`). */
export function inMilliseconds<T extends object, K extends keyof T & string>(
  section: T,
  ...durations: readonly K[]
): InMilliseconds<T, K> {
  const isDuration = (key: string) => durations.some((duration) => duration === key);
  return Object.fromEntries(
    Object.entries(section).map(([key, value]) => [
      isDuration(key) ? `${key}Ms` : key,
      value as unknown,
    ]),
  ) as InMilliseconds<T, K>;
}
