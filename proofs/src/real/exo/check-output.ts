import type { ExpectedOutput } from './exo-case.ts';

/** Says where stdout is not what was expected; an empty list when it is. */
export function outputFaults(stdout: string, expected: ExpectedOutput): readonly string[] {
  switch (expected.kind) {
    case 'nothing':
      return stdout.trim() === '' ? [] : [`stdout should be empty: ${excerpt(stdout)}`];
    case 'text':
      return expected.pattern.test(stdout)
        ? []
        : [`stdout does not match ${expected.pattern}: ${excerpt(stdout)}`];
    case 'object':
      return objectFaults(parse(stdout), expected);
    case 'list': {
      const value = parse(stdout);
      if (!Array.isArray(value)) return [`stdout is no JSON list: ${excerpt(stdout)}`];
      const few = value.length < expected.atLeast ? [`the list has ${value.length} items`] : [];
      return [...few, ...value.flatMap((item) => keyFaults(item, expected.keys, 'item'))];
    }
  }
}

function objectFaults(
  value: unknown,
  { keys, inside = {} }: Extract<ExpectedOutput, { kind: 'object' }>,
): readonly string[] {
  const faults = keyFaults(value, keys, 'object');
  const nested = Object.entries(inside).flatMap(([name, wanted]) => {
    const inner = (value as Record<string, unknown> | undefined)?.[name];
    const items = Array.isArray(inner) ? inner : [inner];
    return items.flatMap((item) => keyFaults(item, wanted, name));
  });
  return [...faults, ...nested];
}

function keyFaults(value: unknown, wanted: readonly string[], what: string): readonly string[] {
  if (typeof value !== 'object' || value === null) return [`${what} is no JSON object`];
  const found = Object.keys(value);
  return [
    ...wanted.filter((key) => !found.includes(key)).map((key) => `${what} lacks "${key}"`),
    ...found.filter((key) => !wanted.includes(key)).map((key) => `${what} has "${key}" besides`),
  ];
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function excerpt(text: string): string {
  return JSON.stringify(text.length > 160 ? `${text.slice(0, 160)}…` : text);
}
