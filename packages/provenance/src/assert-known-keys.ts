/** @throws TypeError naming the first key that is none of `known`. */
export function assertKnownKeys(what: string, options: object, known: readonly string[]): void {
  const unknown = Object.keys(options).find((key) => !known.includes(key));
  if (unknown !== undefined) throw new TypeError(`Unknown option of ${what}: "${unknown}"`);
}
