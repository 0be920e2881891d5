import type { z } from 'zod';
import type { Problem } from './config-error.ts';
import { didYouMean } from './nearest.ts';
import { quote } from './quote.ts';
import type { Locator, Path } from './yaml-locator.ts';

type Issue = z.core.$ZodIssue;

/** What zod found, as lines for a person. `knownKeys` tells which keys there could have been. */
export function describeIssue(
  issue: Issue,
  { locate, knownKeys }: { readonly locate: Locator; readonly knownKeys: readonly string[] },
): readonly Problem[] {
  const { path } = issue;
  const problem = (at: Path, part: 'key' | 'value', message: string): Problem => ({
    message,
    path: at.map(String).join('.'),
    ...locate(at, part),
  });

  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => problem([...path, key], 'key', unknownKey(key, knownKeys)));
  }
  if (isMissing(issue)) {
    if (typeof path.at(-1) === 'number') {
      return [
        problem(path.slice(0, -1), 'value', 'Expected at least one entry: got an empty list'),
      ];
    }
    return [
      problem(path.slice(0, -1), 'key', `Missing key "${String(path.at(-1))}"${choices(issue)}`),
    ];
  }
  if (issue.code === 'invalid_key') {
    const reason = issue.issues[0]?.message ?? 'Expected another name';
    return [problem(path, 'key', `${reason}: got ${quote(path.at(-1))}`)];
  }
  return [problem(path, 'value', explainIssue(issue))];
}

/** One line: what was expected, what was found, and what may have been meant. */
export function explainIssue(issue: Issue): string {
  const text = expectation(issue);
  const found = findValue(issue);
  // A rule about several keys blames one of them; the value at hand is then not what it talks about.
  const isAboutValue = issue.code !== 'custom' || (text.startsWith('Expected') && !isRecord(found));
  return isAboutValue ? `${text}: got ${quote(found)}${guess(issue)}` : text;
}

const SECRETS = /^(token|secret|secretId|password|apiKey|apiSecret|key)$/i;

function unknownKey(key: string, knownKeys: readonly string[]): string {
  if (SECRETS.test(key)) {
    return `Unknown key "${key}": secrets come from the environment, never from this file`;
  }
  if (key === 'roleId') {
    return 'Unknown key "roleId": it belongs on the runner, as VAULT_ROLE_ID';
  }
  if (key === '<<') {
    return 'Unknown key "<<": there are no merge keys; an alias can stand for a whole value';
  }
  const hint = didYouMean(key, knownKeys);
  return `Unknown key "${key}"${hint === '' && knownKeys.length > 0 ? `: there are ${knownKeys.join(', ')}` : hint}`;
}

/** Absent, rather than present and wrong. */
function isMissing(issue: Issue): boolean {
  if (issue.path.length === 0) {
    return false;
  }
  return findValue(issue) === undefined;
}

/** A union that cannot tell its members apart reports the whole map; what is wrong is the key that tells them. */
function findValue(issue: Issue): unknown {
  if (issue.code === 'invalid_union' && 'discriminator' in issue && isRecord(issue.input)) {
    return issue.input[String(issue.discriminator)];
  }
  return issue.input;
}

function expectation(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.message.startsWith('Expected')
        ? issue.message
        : `Expected ${kindOf(issue.expected)}`;
    case 'invalid_value':
    case 'invalid_union':
      return issue.message.startsWith('Expected')
        ? issue.message
        : `Expected ${oneOf(options(issue))}`;
    default:
      return issue.message;
  }
}

function kindOf(expected: string): string {
  const kinds: Readonly<Record<string, string>> = {
    array: 'a list',
    tuple: 'a list',
    object: 'keys with values',
    record: 'keys with values',
    boolean: 'true or false',
    string: 'a text',
    int: 'a whole number',
    number: 'a number',
  };
  return kinds[expected] ?? expected;
}

function options(issue: Issue): readonly string[] {
  if (issue.code === 'invalid_value') {
    return issue.values.map(String);
  }
  const known = 'options' in issue && Array.isArray(issue.options) ? issue.options : [];
  return known.filter((option) => option !== undefined).map(String);
}

function choices(issue: Issue): string {
  const known = options(issue);
  return known.length === 0 ? '' : `: ${oneOf(known)}`;
}

function oneOf(known: readonly string[]): string {
  return known.length === 1 ? String(known[0]) : `one of ${known.join(', ')}`;
}

function guess(issue: Issue): string {
  const value = findValue(issue);
  return typeof value === 'string' ? didYouMean(value, options(issue)) : '';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
