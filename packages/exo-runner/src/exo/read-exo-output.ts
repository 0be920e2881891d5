import { stripVTControlCharacters } from 'node:util';
import { ExoRunnerError } from '../exo-runner-error.ts';
import type { RunResult } from '../run-with-key.ts';

export interface ExoResult {
  /** The JSON that exo printed; `"<nil>"` and `"-"` in it are `null`. `undefined` when deleting prints nothing. */
  readonly value: unknown;
  /** What exo said beside that: a zone that did not answer, an instance that is not there. Exit code 0 hides it. */
  readonly warnings: readonly string[];
}

interface ExoOutput extends RunResult {
  readonly stdout: string;
  readonly stderr: string;
}

const longestQuote = 500;

/** Exit code 0 is no proof: help is printed with it, too. Only JSON counts. */
export function readExoOutput(
  { title, mayBeSilent }: { readonly title: string; readonly mayBeSilent: boolean },
  { exitCode, signal, stdout, stderr }: ExoOutput,
): ExoResult {
  const lines = cleanLines(stderr);
  if (exitCode === undefined || exitCode > 1) {
    const how = exitCode === undefined ? `was ended by ${signal}` : `crashed with ${exitCode}`;
    throw failure('exo-crashed', `Cannot trust "${title}": it ${how}${quote(lines)}`);
  }
  if (exitCode !== 0) {
    const said = lines.filter((line) => !line.startsWith('warning: '));
    throw failure('exo-failed', `Cannot run "${title}": it exited ${exitCode}${quote(said)}`);
  }
  const text = stdout.trim();
  if (text === '' && mayBeSilent) return { value: undefined, warnings: lines };
  try {
    return { value: JSON.parse(text, asNull), warnings: lines };
  } catch {
    const seen = text === '' ? 'nothing' : 'something else';
    const message = `Cannot read "${title}": want JSON, got ${seen}, though it exited 0`;
    throw failure('exo-unreadable', message);
  }
}

/** The words that exo prints where a value is missing. */
function asNull(_key: string, value: unknown): unknown {
  return value === '<nil>' || value === '-' ? null : value;
}

/** Without the spinner, which is drawn and wiped even when nobody watches. */
function cleanLines(stderr: string): readonly string[] {
  return stripVTControlCharacters(stderr)
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/\.\.\. \d+(?:m\d*)?s$/.test(line));
}

function quote(lines: readonly string[]): string {
  const said = lines.join('; ').replace(/^error: /, '');
  if (said === '') return '';
  return `: ${said.length > longestQuote ? `${said.slice(0, longestQuote)}…` : said}`;
}

function failure(code: 'exo-crashed' | 'exo-failed' | 'exo-unreadable', message: string): Error {
  return new ExoRunnerError(message, { code });
}
