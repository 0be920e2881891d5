import { z } from 'zod';
import { didYouMean } from './nearest.ts';

/** What `${…}` stands for in some keys of exoship.yaml. */
export type PlaceholderValues = Readonly<Record<string, string>>;

/** `$${` is a literal `${`. */
const PLACEHOLDER = /(\$?)\$\{([^}]*)\}/g;

/** Names used by a text, as in `${version}`; each once. */
export function placeholdersIn(text: string): readonly string[] {
  const names = [...text.matchAll(PLACEHOLDER)].filter(([, dollar]) => dollar === '');
  return [...new Set(names.map(([, , name]) => name ?? ''))];
}

/** @throws RangeError for a placeholder that has no value. */
export function fillPlaceholders(text: string, values: PlaceholderValues): string {
  return text.replaceAll(PLACEHOLDER, (whole: string, dollar: string, name: string) => {
    if (dollar !== '') {
      return whole.slice(1);
    }
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) {
      throw new RangeError(`Cannot fill in "${text}": there is no value for "${name}"`);
    }
    return value;
  });
}

/** A text in which only these placeholders may stand; a name that ends in `.` allows whatever follows. */
export function textWith(...allowed: readonly string[]): z.ZodType<string, string> {
  return z.string({ error: 'Expected a text' }).superRefine((text, context) => {
    for (const name of placeholdersIn(text)) {
      if (
        !allowed.some((known) => (known.endsWith('.') ? name.startsWith(known) : name === known))
      ) {
        const guess = didYouMean(name, allowed);
        const hint = guess === '' ? `: there are ${allowed.join(', ')}` : guess;
        context.addIssue({ code: 'custom', message: `Unknown placeholder "${name}"${hint}` });
      }
    }
  });
}
