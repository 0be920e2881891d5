import { type Document, isAlias, isMap, isNode, isSeq, type LineCounter, type Node } from 'yaml';

interface Position {
  /** From 1. */
  readonly line: number;
  /** From 1, in characters. */
  readonly column: number;
}

export type Path = readonly PropertyKey[];

/** Where a value (or the key before it) stands; for what is not in the file, the nearest thing around it that is. */
export type Locator = (path: Path, part: 'key' | 'value') => Position;

export function createLocator(document: Document, lines: LineCounter): Locator {
  return (path, part) => {
    let found: Node | null = document.contents;
    let container: Node | null = document.contents;
    for (const [index, segment] of path.entries()) {
      const pair = step(container, document, segment);
      if (pair === undefined) {
        break;
      }
      const isLast = index === path.length - 1;
      // A value that is left empty has no place of its own.
      found =
        isLast && (part === 'key' || isEmpty(pair.value)) ? pair.key : (pair.value ?? pair.key);
      container = pair.value;
    }
    const { line, col } = lines.linePos(found?.range?.[0] ?? 0);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
}

interface Step {
  readonly key: Node | null;
  readonly value: Node | null;
}

function step(container: Node | null, document: Document, segment: PropertyKey): Step | undefined {
  const node = isAlias(container) ? container.resolve(document) : container;
  if (isMap(node)) {
    const pair = node.items.find(({ key }) => isNode(key) && String(key) === String(segment));
    return pair === undefined ? undefined : { key: asNode(pair.key), value: asNode(pair.value) };
  }
  if (isSeq(node)) {
    const item = asNode(node.items[Number(segment)]);
    return item === null ? undefined : { key: item, value: item };
  }
  return undefined;
}

function asNode(value: unknown): Node | null {
  return isNode(value) ? value : null;
}

function isEmpty(node: Node | null): boolean {
  return node?.range === undefined || node.range === null || node.range[0] === node.range[1];
}
