/** @throws TypeError when there are no options, or naming the first key that is none of `known`. */
export function assertKnownKeys(what: string, options: object, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`Missing options of ${what}`);
  }
  const unknown = Object.keys(options).find((key) => !known.includes(key));
  if (unknown !== undefined) throw new TypeError(`Unknown option of ${what}: "${unknown}"`);
}
