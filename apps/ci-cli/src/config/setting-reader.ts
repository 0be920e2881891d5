import type { z } from 'zod';
import type { Problem } from './config-error.ts';
import { explainIssue } from './describe-issue.ts';
import { didYouMean } from './nearest.ts';
import { quote } from './quote.ts';
import { type SettingName, settingsTable } from './settings-table.ts';

/** Where a value came from: `--zone`, `EXOSCALE_ZONE`, or `environments.staging.zone` of the file. */
interface Source {
  readonly kind: 'flag' | 'variable' | 'file';
  readonly name: string;
}

export type Sources = Readonly<Partial<Record<SettingName, Source>>>;

/** What a job brings along, beside the file. */
export interface Given {
  /** By setting, as commander gives them. */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** A key of the file and what it holds; the value of last resort. */
interface FromFile<T> {
  readonly key: string;
  readonly value: T;
}

export interface SettingReader {
  /** The given value as the schema makes it, else the file's. What the schema refuses is a problem. */
  read<T, F>(name: SettingName, schema: z.ZodType<T>, file: FromFile<F>): T | F;
  /** One of the keys that the file has; the only one when none was given. */
  choose(name: 'app' | 'environment', keys: readonly string[]): string | undefined;
  readonly sources: Sources;
  readonly problems: readonly Problem[];
}

/** Reads settings one by one, and remembers where each came from and what was wrong. */
export function createSettingReader(given: Given): SettingReader {
  const sources: Partial<Record<SettingName, Source>> = {};
  const problems: Problem[] = [];
  const find = (name: SettingName): string | undefined => {
    const found = findGiven(name, given);
    if (found !== undefined) {
      sources[name] = found.source;
    }
    return found?.value;
  };
  const refuse = (name: SettingName, message: string): undefined => {
    problems.push({ path: sources[name]?.name ?? '', message });
  };

  return {
    sources,
    problems,
    read(name, schema, file) {
      const text = find(name);
      if (text === undefined) {
        if (file.value !== undefined) {
          sources[name] = { kind: 'file', name: file.key };
        }
        return file.value;
      }
      const result = schema.safeParse(text, { reportInput: true });
      if (result.success) {
        return result.data;
      }
      const [issue] = result.error.issues;
      refuse(name, issue === undefined ? 'Expected another value' : explainIssue(issue));
      return file.value;
    },
    choose(name, keys) {
      const text = find(name);
      if (text !== undefined) {
        return keys.includes(text)
          ? text
          : refuse(name, `Unknown ${name} ${quote(text)}${didYouMean(text, keys) || list(keys)}`);
      }
      const [only, ...others] = keys;
      if (only === undefined || others.length > 0) {
        return refuse(
          name,
          `Missing setting "${name}"${list(keys)}; choose with ${waysToSet(name)}`,
        );
      }
      sources[name] = { kind: 'file', name: `${name}s.${only}` };
      return only;
    },
  };
}

/** The flag's value, else that of the first variable that is set and not empty. */
function findGiven(
  name: SettingName,
  { flags, env }: Given,
): { readonly value: string; readonly source: Source } | undefined {
  const { flag, variables } = settingsTable[name];
  const typed = flags[name];
  if (flag !== undefined && typeof typed === 'string') {
    return { value: typed, source: { kind: 'flag', name: flag } };
  }
  for (const variable of variables) {
    const value = env[variable];
    if (value) {
      return { value, source: { kind: 'variable', name: variable } };
    }
  }
  return undefined;
}

/** For messages: `--zone, EXOSHIP_ZONE, EXOSCALE_ZONE or environments.*.zone in the file`. */
function waysToSet(name: SettingName): string {
  const { flag, variables, key } = settingsTable[name];
  const ways = [flag, ...variables, key && `${key} in the file`].filter((way) => way !== undefined);
  return ways.join(', ').replace(/, ([^,]*)$/, ' or $1');
}

function list(keys: readonly string[]): string {
  return `: there are ${keys.join(', ')}`;
}
