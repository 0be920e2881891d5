import {
  type Alias,
  type Document,
  isScalar,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type Scalar,
  visit,
} from 'yaml';
import type { Problem } from './config-error.ts';
import { createLocator, type Locator } from './yaml-locator.ts';

export type YamlContent =
  | { readonly value: unknown; readonly locate: Locator }
  | { readonly problems: readonly Problem[] };

/** More than any sane file uses; what an alias bomb multiplies is stopped here. */
const MAX_ALIASES = 100;

/** A broken file can be wrong in a thousand ways at once; the first few tell where to look. */
const MAX_SYNTAX_PROBLEMS = 10;

/** YAML 1.2 with the ways to misread it closed: see docs/configuration.md, "The file". */
export function readYaml(text: string): YamlContent {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    logLevel: 'error',
  });
  const problemAt = (offset: number, message: string): Problem => {
    const { line, col } = lines.linePos(offset);
    return { message, path: '', line: Math.max(line, 1), column: Math.max(col, 1) };
  };

  const faults = [...document.errors, ...document.warnings].map(({ code, message, pos }) =>
    problemAt(pos[0], explain(code, message, text.slice(...pos))),
  );
  const problems = [...faults, ...findTraps(document, problemAt)];
  if (problems.length > 0) {
    return { problems: inOrder(problems).slice(0, MAX_SYNTAX_PROBLEMS) };
  }
  try {
    const value: unknown = document.toJS({ maxAliasCount: MAX_ALIASES });
    return { value, locate: createLocator(document, lines) };
  } catch {
    return {
      problems: [problemAt(0, `Expected aliases to repeat less: more than ${MAX_ALIASES} copies`)],
    };
  }
}

/** What YAML accepts and nobody means. */
function findTraps(
  document: Document,
  problemAt: (offset: number, message: string) => Problem,
): readonly Problem[] {
  const problems: Problem[] = [];
  const add = (node: Node, message: string) => {
    problems.push(problemAt(node.range?.[0] ?? 0, message));
  };
  visit(document, {
    Alias(_key, alias: Alias) {
      if (alias.resolve(document) === undefined) {
        add(alias, `Unknown alias "*${alias.source}": its anchor must come before it`);
      }
    },
    Scalar(_key, scalar: Scalar) {
      if (typeof scalar.value === 'number' && scalar.source !== String(scalar.value)) {
        const text = scalar.source ?? '';
        add(
          scalar,
          `Ambiguous number: ${text} would be read as ${scalar.value}; quote it to keep the text`,
        );
      }
    },
    Pair(_key, pair: Pair) {
      if (isScalar(pair.key) && pair.key.value === '__proto__') {
        add(pair.key, 'Unknown key "__proto__"');
      }
    },
  });
  return problems;
}

function explain(code: string, message: string, source: string): string {
  switch (code) {
    case 'DUPLICATE_KEY':
      return `Expected every key once: "${source.split(':', 1)[0]?.trim()}" is here again`;
    case 'MULTIPLE_DOCS':
      return 'Expected one document: a second one starts here';
    case 'RESOURCE_EXHAUSTION':
      return 'Expected less nesting';
    default:
      return message;
  }
}

function inOrder(problems: readonly Problem[]): readonly Problem[] {
  const sorted = problems.toSorted(
    (a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0),
  );
  return sorted.filter(
    ({ message, line }, index) =>
      !sorted.slice(0, index).some((p) => p.message === message && p.line === line),
  );
}
