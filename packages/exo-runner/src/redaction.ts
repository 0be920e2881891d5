/** Text that has been seen but not passed on yet, because it may be the beginning of something to hide. */
export interface Held {
  readonly text: string;
  /** How many of its first characters belong to something whose mark was passed on already. */
  readonly coveredTo: number;
}

export const nothingHeld: Held = { text: '', coveredTo: 0 };

const mark = '[redacted]';

/**
 * Replaces every stretch of text that one or more needles cover, overlapping ones included, by one mark. What could
 * still become a needle is held back unless the text `isLast`. Pure: the same text in any chunks gives the same result.
 */
export function redactChunk(
  held: Held,
  chunk: string,
  { needles, isLast }: { readonly needles: readonly string[]; readonly isLast: boolean },
): { readonly passed: string; readonly held: Held } {
  const text = held.text + chunk;
  const limit = isLast ? text.length : firstPossibleStart(text, needles);
  let passed = '';
  let { coveredTo } = held;
  for (const { start, end } of findAll(text, needles)) {
    if (start >= limit) break;
    if (start >= coveredTo) passed += text.slice(coveredTo, start) + mark;
    coveredTo = Math.max(coveredTo, end);
  }
  passed += text.slice(coveredTo, limit);
  return {
    passed,
    held: { text: text.slice(limit), coveredTo: Math.max(0, coveredTo - limit) },
  };
}

interface Span {
  readonly start: number;
  readonly end: number;
}

function findAll(text: string, needles: readonly string[]): Span[] {
  const spans: Span[] = [];
  for (const needle of needles) {
    let start = text.indexOf(needle);
    while (start !== -1) {
      spans.push({ start, end: start + needle.length });
      start = text.indexOf(needle, start + 1);
    }
  }
  return spans.sort((left, right) => left.start - right.start);
}

/** Where the longest end of `text` begins with which some needle starts. */
function firstPossibleStart(text: string, needles: readonly string[]): number {
  let first = text.length;
  for (const needle of needles) {
    const initial = needle.charAt(0);
    let start = text.indexOf(initial, Math.max(0, text.length - needle.length + 1));
    while (start !== -1 && start < first) {
      if (needle.startsWith(text.slice(start))) first = start;
      else start = text.indexOf(initial, start + 1);
    }
  }
  return first;
}
